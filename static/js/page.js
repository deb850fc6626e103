/* On every page: the error summary takes the focus, menus close, 打印 prints, a failed request says so, paper shows
   what is folded. */

function focusErrors(root) {
  const summary = root.querySelector("[data-error-summary]");
  if (summary) {
    summary.focus();
  }
}

function closeDrops(except) {
  document.querySelectorAll("details[data-drop][open]").forEach(function (drop) {
    if (drop !== except) {
      drop.open = false;
    }
  });
}

function say(text) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = text;
  document.getElementById("toasts").appendChild(toast);
  window.setTimeout(function () {
    toast.remove();
  }, 10000);
}

function offerPrinting(root) {
  root.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
  });
}

document.addEventListener("DOMContentLoaded", function () {
  focusErrors(document);
  offerPrinting(document);
});

document.addEventListener("click", function (event) {
  closeDrops(event.target.closest("details[data-drop]"));
  if (event.target.closest("[data-print]")) {
    window.print();
  }
});

document.addEventListener("keydown", function (event) {
  if (event.key !== "Escape") {
    return;
  }
  const drop = document.querySelector("details[data-drop][open]");
  if (drop) {
    drop.open = false;
    drop.querySelector("summary").focus();
  }
});

document.addEventListener("htmx:afterSettle", function (event) {
  focusErrors(event.target);
  offerPrinting(event.target);
});

document.addEventListener("htmx:responseError", function (event) {
  const status = event.detail.xhr.status;
  say(status === 403 ? "登录已过期或无权办理，请刷新页面后重试。" : "没有办成，请稍后重试；已填写的内容仍在页面上。");
});

document.addEventListener("htmx:sendError", function () {
  say("网络不通，请检查网络后重试；已填写的内容仍在页面上。");
});

/* What is folded on the screen stands on paper. */
window.addEventListener("beforeprint", function () {
  document.querySelectorAll("details.fold:not([open])").forEach(function (fold) {
    fold.open = true;
    fold.dataset.folded = "";
  });
});

window.addEventListener("afterprint", function () {
  document.querySelectorAll("details.fold[data-folded]").forEach(function (fold) {
    fold.open = false;
    delete fold.dataset.folded;
  });
});
