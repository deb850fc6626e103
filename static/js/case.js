/* The case page: focus, marks and the year follow the evidence, and a year that is chosen opens its first paper. */

import { showPart } from "./parts.js";

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

/* On a phone the pane lies below or beside the years: a chosen paper must not change out of sight. */
function bringIntoSight(pane) {
  const box = pane.getBoundingClientRect();
  if (box.top > window.innerHeight * 0.8 || box.bottom < 0 || box.left > window.innerWidth * 0.8) {
    pane.scrollIntoView({ block: "nearest" });
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

document.addEventListener("htmx:afterSettle", function (event) {
  const pane = document.getElementById("evidence");
  if (!pane || event.target.id !== "evidence") {
    return;
  }
  markShown(pane);
  keepFocus(pane);
  bringIntoSight(pane);
  announce(pane);
  showPart(pane.dataset.year);
});

document.addEventListener("click", function (event) {
  const tab = event.target.closest("[data-go]");
  if (!tab) {
    return;
  }
  showPart(tab.dataset.go);
  const paper = document.querySelector('[data-part="' + tab.dataset.go + '"] [data-paper]:not([aria-current])');
  const shown = document.querySelector('[data-part="' + tab.dataset.go + '"] [data-paper][aria-current]');
  if (paper && !shown) {
    paper.click();
  }
});
