/* The evidence page: chosen, photographed and dropped files go to the queue at once, looked at first and labelled by
   what is missing; when one arrives, the page asks what is missing now. Without this script it is a plain form. */

import { renewToken, tokenOf } from "./csrf.js";
import { filledBy, firstOpen, keyOf, kindIn, rangeIn, waitingFor } from "./evidence-guess.js";

const form = document.getElementById("upload");
const checks = JSON.parse(form.dataset.checks);
const YEAR = /^(19|20)\d{2}$/;
const NO_KIND = "请选择材料种类，再点“上传”。";
const NO_YEARS = "请填写学时认定单上的起始年度和结束年度，再点“上传”。";
const CHECK_YEARS = "起止年度按文件名填好了，请核对后点“上传”。";

/* -- what may be sent, and as what */

/* A right file under a wrong name is sent all the same: the server, too, goes by the first bytes. */

function hint(file) {
  const dot = file.name.lastIndexOf(".");
  const says = checks.hints[dot < 0 ? "" : file.name.slice(dot).toLowerCase()] || "";
  if (!says) {
    return Promise.resolve("");
  }
  return file.slice(0, 8).arrayBuffer().then(function (bytes) {
    const first = String.fromCharCode.apply(null, new Uint8Array(bytes));
    return checks.firstBytes.some(function (known) { return first.indexOf(known) === 0; }) ? "" : says;
  }, function () {
    return says;
  });
}

/* `others`: files of the year that come or go with it; `bytes`: of those chosen together with it. */
function refusal(file, others, bytes) {
  if (file.size === 0) {
    return checks.empty;
  }
  if (file.size > checks.size) {
    return checks.tooLarge;
  }
  const there = document.querySelectorAll("[data-paper]:not([data-away])").length +
    document.querySelectorAll(".sent:not(.sent-refused):not(.sent-unlisted)").length;
  if (there + others >= checks.most) {
    return checks.tooMany;
  }
  const used = Number(document.getElementById("papers").dataset.used) + Number(form.dataset.waiting || 0);
  return used + bytes + file.size > checks.all ? checks.tooMuch : "";
}

function names() {
  const found = {};
  form.querySelectorAll("#kind-any option[data-name]").forEach(function (option) {
    found[option.value] = option.dataset.name;
  });
  return found;
}

function labelOf(row) {
  const all = function (name) {
    return Array.from(row.querySelectorAll('[name="' + row.dataset.row + "-" + name + '"]')).filter(function (control) {
      return control.type !== "checkbox" || control.checked;
    }).map(function (control) { return control.value; });
  };
  const value = function (name) { return all(name)[0] || ""; };
  return { kind: value("kind"), stamped: value("stamped"), from: value("from"), to: value("to"), proves: all("for") };
}

/* The label with what the file's name and what is missing say of it, where the person left it open. */
function completed(label, file, given) {
  const slots = Array.from(form.querySelectorAll("#missing [data-nearest]"));
  const whole = Object.assign({ guessed: "", given: "" }, label);
  const named = label.kind || kindIn(file.name, names());
  const open = named || label.proves.length ? null : firstOpen(slots, given);
  if (named) {
    whole.kind = named;
    whole.given = filledBy(slots, named, given);
  } else if (open) {
    Object.assign(whole, { kind: open.kind, proves: [open.proves], guessed: "yes", given: open.given });
  }
  const range = whole.kind === prior() && !label.from && !label.to ? rangeIn(file.name) : null;
  return range ? Object.assign(whole, { from: range.from, to: range.to, range: true }) : whole;
}

function prior() {
  return form.querySelector("#kind-any").dataset.prior;
}

function send(asked) {
  document.dispatchEvent(new CustomEvent("evidence:send", { detail: asked }));
}

/* What must still be said of a file before it can be sent. */
function lacking(label) {
  if (!label.kind) {
    return NO_KIND;
  }
  const hasYears = YEAR.test(label.from) && YEAR.test(label.to) && label.from <= label.to;
  if (label.kind === prior() && label.range) {
    return CHECK_YEARS;
  }
  return label.kind === prior() && !hasYears ? NO_YEARS : "";
}

function sendAll(files, row) {
  const chosen = Array.from(files);
  Promise.all(chosen.map(hint)).then(function (hints) {
    sendChosen(chosen, hints, row);
  });
}

function sendChosen(files, hints, row) {
  const chosen = labelOf(row);
  const there = Array.from(document.querySelectorAll("[data-unlooked]"));
  const given = Array.from(document.querySelectorAll(".sent")).map(function (each) { return each.dataset.given; })
    .concat(waitingFor(Array.from(form.querySelectorAll("#missing [data-nearest]")), there));
  let sent = 0;
  files.forEach(function (file, place) {
    const why = hints[place] || refusal(file, 0, sent);
    const label = why ? Object.assign({ guessed: "", given: "" }, chosen) : completed(chosen, file, given);
    const unclear = why ? "" : lacking(label);
    sent += why ? 0 : file.size;
    given.push(label.given);
    send({
      file: file,
      field: "row-0-files",
      url: form.action || window.location.pathname,
      name: file.name,
      kind: label.kind ? names()[label.kind] : "",
      given: label.given,
      fields: {
        rows: "1", "row-0-kind": label.kind, "row-0-stamped": label.stamped, "row-0-from": label.from,
        "row-0-to": label.to, "row-0-for": label.proves, "row-0-guessed": label.guessed,
      },
      refusal: why || unclear,
      needsLabel: Boolean(unclear),
    });
  });
}

/* The years of an earlier slip are asked only of an earlier slip. */
function showYears(select) {
  const years = select.closest(".field").parentNode.querySelector(".prior-years");
  if (years) {
    years.hidden = select.value !== select.dataset.prior;
    years.open = true;
  }
}

function showAllYears(root) {
  root.querySelectorAll("select[data-prior]").forEach(showYears);
}

/* -- the page as the server has it now */

function say(words) {
  document.getElementById("evidence-says").textContent = words;
}

/* Whoever is saying what a file is goes on where they were, although the files are drawn anew around them. */
function openLabels(but) {
  return Array.from(document.querySelectorAll("[data-label-of][open]")).filter(function (label) {
    return label !== but;
  });
}

function putBack(labels) {
  labels.forEach(function (label) {
    const fresh = document.querySelector('[data-label-of="' + label.dataset.labelOf + '"]');
    if (fresh && fresh !== label) {
      fresh.replaceWith(label);
      window.htmx.process(label);
    }
  });
}

function swap(page) {
  const labels = openLabels(null);
  const ticks = Array.from(form.querySelectorAll('#missing [data-slot] input[type="checkbox"]:checked'));
  const ticked = ticks.map(function (box) { return keyOf(box.closest("[data-slot]")); });
  const focused = document.activeElement && document.activeElement.id;
  ["missing", "papers"].forEach(function (id) {
    const fresh = page.getElementById(id);
    fresh.removeAttribute("hx-swap-oob");
    document.getElementById(id).replaceWith(fresh);
    window.htmx.process(fresh);
    showAllYears(fresh);
  });
  putBack(labels);
  form.querySelectorAll("#missing [data-slot]").forEach(function (row) {
    const box = row.querySelector('input[type="checkbox"]');
    if (box) {
      box.checked = ticked.indexOf(keyOf(row)) >= 0;
    }
  });
  const again = focused && document.getElementById(focused);
  if (again && again !== document.activeElement) {
    again.focus();
  }
  renewToken(tokenOf(form));
}

/* Answers ok, expired, gone, network or failed. */
function refresh() {
  return fetch(form.dataset.state, { credentials: "same-origin", cache: "no-store" }).then(function (answer) {
    if (answer.url.indexOf(form.dataset.login) >= 0) {
      return "expired";
    }
    if (!answer.ok) {
      return answer.status === 404 ? "gone" : "failed";
    }
    return answer.text().then(function (text) {
      swap(new DOMParser().parseFromString(text, "text/html"));
      document.dispatchEvent(new CustomEvent("evidence:shown"));
      return "ok";
    });
  }).catch(function () {
    return "network";
  });
}

document.addEventListener("evidence:refresh", function (event) {
  refresh().then(event.detail.done);
});

document.addEventListener("evidence:arrived", function (event) {
  const missing = document.getElementById("missing").dataset;
  const left = Number(missing.missing) ? "还缺 " + missing.missing + " 种材料。" : "本年度的材料已齐全。";
  say(event.detail.name + " 已上传。" + (Number(missing.toLook) ? "有自动标注的文件，请核对。" : left));
});

/* -- choosing, photographing, dropping, replacing */

function sendChosenIn(input) {
  sendAll(input.files, input.closest("[data-row]"));
  input.value = "";
}

document.addEventListener("change", function (event) {
  const input = event.target;
  if (input.type === "file" && input.form === form) {
    sendChosenIn(input);
  } else if (input.matches("select[data-prior]")) {
    showYears(input);
  }
});

document.addEventListener("click", function (event) {
  const link = event.target.closest("[data-replace]");
  if (!link) {
    return;
  }
  event.preventDefault();
  const input = document.createElement("input");
  input.type = "file";
  input.accept = document.getElementById("id_row-0_files").accept;
  input.addEventListener("change", function () {
    const file = input.files[0];
    hint(file).then(function (says) {
      const why = says || refusal(file, -1, 0);
      send({ file: file, field: "files", url: link.href, name: file.name, kind: "替换", fields: {}, refusal: why });
    });
  });
  input.click();
});

function carriesFiles(event) {
  return event.dataTransfer && Array.from(event.dataTransfer.types).indexOf("Files") >= 0;
}

document.addEventListener("dragover", function (event) {
  if (carriesFiles(event)) {
    event.preventDefault();
    form.classList.add("is-over");
  }
});

["dragleave", "drop"].forEach(function (name) {
  document.addEventListener(name, function (event) {
    if (name === "drop" || !event.relatedTarget) {
      form.classList.remove("is-over");
    }
  });
});

document.addEventListener("drop", function (event) {
  if (carriesFiles(event)) {
    event.preventDefault();
    const row = event.target.closest && event.target.closest("[data-row]");
    sendAll(event.dataTransfer.files, row || form.querySelector(".ask-any"));
  }
});

/* -- what htmx changes: which control was pressed, and which labels were open */

let acting = "";
let held = [];

/* An expired session answers with the page to sign in, which is no part of this one. */
document.addEventListener("htmx:beforeSwap", function (event) {
  const saved = event.detail.xhr.status === 200 && event.detail.requestConfig.elt.closest("[data-label-of]");
  held = openLabels(saved);
  if (event.detail.xhr.responseURL.indexOf(form.dataset.login) >= 0) {
    event.detail.shouldSwap = false;
    const words = "登录已过期，没有更改。请在新窗口登录后回到这里再试一次。";
    say(words);
    window.alert(words);
  }
});

document.addEventListener("htmx:beforeRequest", function () {
  acting = document.activeElement.id || "papers-title";
});

/* The button that was pressed may be gone: at the end of the row there is no 后移, and a deleted file has none. */
document.addEventListener("htmx:afterSettle", function () {
  putBack(held);
  held = [];
  showAllYears(document);
  if (acting && (!document.activeElement || document.activeElement === document.body)) {
    const turned = acting.indexOf("up-") === 0 ? acting.replace("up-", "down-") : acting.replace("down-", "up-");
    const place = document.getElementById(acting) || document.getElementById(turned);
    (place || document.getElementById("papers-title")).focus();
  }
  acting = "";
});

form.classList.add("is-live");
form.querySelector("#kind-any option").textContent = "自动标注";
showAllYears(document);
showAllYears(document.getElementById("sending-item").content);
/* On a slow line files are chosen before this script is there. */
form.querySelectorAll('input[type="file"]').forEach(function (input) {
  if (input.files.length) {
    sendChosenIn(input);
  }
});
