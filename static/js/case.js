/* The case page: N opens the next case; after the evidence pane was swapped, focus and marks follow it. */

import { isShortcut } from "./keys.js";

let pressed = null;

function markShown(pane) {
  document.querySelectorAll("[data-paper]").forEach(function (link) {
    if (link.dataset.paper === pane.dataset.shown) {
      link.setAttribute("aria-current", "true");
    } else {
      link.removeAttribute("aria-current");
    }
  });
}

function keepFocus(pane) {
  if (document.activeElement !== document.body || !pressed) {
    return;
  }
  const again = pane.querySelector('[data-key="' + pressed + '"]') || pane.querySelector("[data-key]");
  if (again) {
    again.focus({ preventScroll: true });
  }
}

/* On a phone the pane lies below the years: a chosen paper must not change out of sight. */
function bringIntoSight(pane) {
  const box = pane.getBoundingClientRect();
  if (box.top > window.innerHeight * 0.8 || box.bottom < 0) {
    pane.scrollIntoView();
  }
}

function announce(pane) {
  const title = pane.querySelector(".viewer-title");
  const status = document.getElementById("evidence-status");
  if (title && status) {
    status.textContent = title.textContent.trim();
  }
}

document.addEventListener("click", function (event) {
  const link = event.target.closest("#evidence [data-key]");
  pressed = link && document.activeElement === link ? link.dataset.key : null;
});

document.addEventListener("htmx:afterSettle", function () {
  const pane = document.getElementById("evidence");
  if (pane) {
    markShown(pane);
    keepFocus(pane);
    bringIntoSight(pane);
    announce(pane);
  }
});

document.addEventListener("keydown", function (event) {
  const next = isShortcut(event) && event.key.toLowerCase() === "n" && document.querySelector("[data-next-case]");
  if (next) {
    event.preventDefault();
    next.click();
  }
});
