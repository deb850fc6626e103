/* Ticks are kept while one turns pages, filters and looks at a batch; the bar says how many there are, and each act how
   many it would take. Kept by the tab, for one unit: what was ticked goes with the form when an act is pressed. */

const ASK = "请勾选要办理的申报";

function boxesOf(bar) {
  return Array.from(document.querySelectorAll('[data-pick][form="' + bar.dataset.batch + '"]'));
}

function caseOf(box) {
  return box.value.split(":")[0];
}

function read(bar) {
  try {
    return JSON.parse(window.sessionStorage.getItem(bar.dataset.keep)) || {};
  } catch {
    return {};
  }
}

function write(bar, kept) {
  try {
    window.sessionStorage.setItem(bar.dataset.keep, JSON.stringify(kept));
  } catch {
    // a tab that keeps nothing: the ticks of this page still go with the form
  }
}

/* What the boxes of this page say, in what is kept from other pages. */

function gather(bar) {
  const kept = bar.dataset.keep ? read(bar) : {};
  boxesOf(bar).forEach(function (box) {
    if (box.checked) {
      kept[caseOf(box)] = box.value;
    } else {
      delete kept[caseOf(box)];
    }
  });
  if (bar.dataset.keep) {
    write(bar, kept);
  }
  return kept;
}

function everythingOf(bar) {
  const box = document.querySelector('[data-everything][form="' + bar.dataset.batch + '"]');
  return box && box.checked ? box.dataset.number : "";
}

function show(bar) {
  const boxes = boxesOf(bar);
  const kept = gather(bar);
  const everything = everythingOf(bar);
  const here = boxes.filter(function (box) {
    return box.checked && box.hasAttribute("data-able");
  });
  const chosen = everything || String(bar.hasAttribute("data-confirming") ? here.length : Object.keys(kept).length);
  const none = chosen === "0";
  boxes.forEach(function (box) {
    const row = box.closest("tr");
    if (row) {
      row.classList.toggle("is-chosen", box.checked);
    }
  });
  bar.querySelector("[data-batch-count]").textContent = none ? ASK : "已选 " + chosen + " 件";
  bar.querySelectorAll("[data-kept]").forEach(function (button) {
    button.hidden = none || Boolean(everything);
  });
  bar.querySelectorAll("[data-act-label]").forEach(function (button) {
    button.disabled = none;
    button.textContent = button.dataset.actLabel + (none ? "" : " " + chosen + " 件");
  });
  document.querySelectorAll("[data-pick-all]").forEach(function (all) {
    const open = boxes.filter(function (box) {
      return !box.disabled; // what a colleague has decided cannot be ticked
    });
    const ticked = open.filter(function (box) {
      return box.checked;
    });
    all.checked = open.length > 0 && ticked.length === open.length;
    all.indeterminate = ticked.length > 0 && ticked.length < open.length;
  });
}

function bars() {
  return Array.from(document.querySelectorAll("[data-batch]"));
}

/* The ticks of other pages come back into the boxes of this one; a case that changed shows as it is now. */

function restore() {
  bars().forEach(function (bar) {
    const kept = bar.dataset.keep && !bar.hasAttribute("data-confirming") ? read(bar) : {};
    boxesOf(bar).forEach(function (box) {
      box.checked = box.checked || (!box.disabled && caseOf(box) in kept);
    });
    show(bar);
  });
}

function sendAlong(form, values) {
  const along = document.createElement("input");
  along.type = "hidden";
  along.name = "pick";
  along.value = values.join(" ");
  along.dataset.along = "";
  form.append(along);
}

document.addEventListener("submit", function (event) {
  const form = event.target;
  const bar = bars().find(function (each) {
    return each.dataset.batch === form.id;
  });
  if (!bar) {
    return;
  }
  form.querySelectorAll("[data-along]").forEach(function (each) {
    each.remove();
  });
  const kept = gather(bar);
  const here = boxesOf(bar).map(caseOf);
  if (event.submitter && event.submitter.name === "confirm") {
    write(bar, {}); // they are the batch's now
  } else if (!everythingOf(bar)) {
    sendAlong(
      form,
      Object.keys(kept)
        .filter(function (pk) {
          return !here.includes(pk);
        })
        .map(function (pk) {
          return kept[pk];
        }),
    );
  }
});

document.addEventListener("click", function (event) {
  const button = event.target.closest("[data-clear]");
  const bar = button && button.closest("[data-batch]");
  if (bar) {
    boxesOf(bar).forEach(function (box) {
      box.checked = false;
    });
    write(bar, {});
    show(bar);
  }
});

document.addEventListener("change", function (event) {
  if (event.target.matches("[data-pick-all]")) {
    event.target
      .closest("table")
      .querySelectorAll("[data-pick]:not([disabled])")
      .forEach(function (box) {
        box.checked = event.target.checked;
      });
  }
  bars().forEach(show);
});
document.addEventListener("htmx:afterSettle", restore);
window.addEventListener("pageshow", restore);
