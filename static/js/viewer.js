/* Evidence viewer: zoom (+ −), turn (T), and J / K to the neighbours. Letters typed into a field are left alone. */

import { isShortcut } from "./keys.js";

const ZOOM_MAX = 3;
const KEYS = {
  "+": "[data-zoom-in]", "=": "[data-zoom-in]", "-": "[data-zoom-out]", t: "[data-rotate]",
  j: '[data-key="j"]', k: '[data-key="k"]',
};

function step(page, name, change) {
  page.dataset[name] = String(change(Number(page.dataset[name] || (name === "zoom" ? 1 : 0))));
  fit(page);
}

/* A transform leaves the box as it was: a page turned on its side is made to fit into it, with room above and below. */

function fit(page) {
  const turn = Number(page.dataset.turn || 0);
  const lying = turn % 2 === 1;
  page.querySelectorAll("img").forEach(function (image) {
    const scale = lying ? Math.min(1, image.clientWidth / image.clientHeight) : 1;
    const room = lying ? Math.max(0, (image.clientWidth * scale - image.clientHeight) / 2) : 0;
    image.style.transform = turn ? "rotate(" + turn * 90 + "deg) scale(" + scale + ")" : "";
    image.style.margin = room ? room + "px 0" : "";
  });
}

function showTools(root) {
  root.querySelectorAll("[data-viewer-tools]").forEach(function (tools) {
    tools.hidden = false;
  });
}

document.addEventListener("click", function (event) {
  const button = event.target.closest("[data-zoom-in], [data-zoom-out], [data-rotate]");
  const viewer = button && button.closest("[data-viewer]");
  if (!viewer) {
    return;
  }
  const page = viewer.querySelector("[data-viewer-page]");
  if (button.hasAttribute("data-rotate")) {
    step(page, "turn", function (turn) {
      return (turn + 1) % 4;
    });
  } else {
    const by = button.hasAttribute("data-zoom-in") ? 1 : -1;
    step(page, "zoom", function (zoom) {
      return Math.min(Math.max(zoom + by, 1), ZOOM_MAX);
    });
  }
});

document.addEventListener("keydown", function (event) {
  if (!isShortcut(event)) {
    return;
  }
  const control = KEYS[event.key.toLowerCase()];
  const target = control && document.querySelector("[data-viewer] " + control);
  if (target) {
    event.preventDefault();
    target.click();
  }
});

document.addEventListener("DOMContentLoaded", function () {
  showTools(document);
});
document.addEventListener("htmx:afterSettle", function (event) {
  showTools(event.target);
});
