import { claim } from "./claim.js";

/* 审阅模式 shows one part of a case at a time: the overview, a year, the progress. */

export function showPart(name) {
  const part = document.querySelector('[data-part="' + name + '"]');
  if (!part) {
    return;
  }
  document.querySelectorAll("[data-part]").forEach(function (each) {
    each.classList.toggle("is-shown", each === part);
  });
  document.querySelectorAll("[data-go]").forEach(function (tab) {
    tab.setAttribute("aria-pressed", String(tab.dataset.go === name));
  });
}

/* What a link inside the page leads to may lie in a part that is not shown. */

export function showTarget(hash) {
  const target = hash.length > 1 && document.getElementById(hash.slice(1));
  const part = target && target.closest("[data-part]");
  if (part) {
    showPart(part.dataset.part);
  }
}

/* A case that has just come: what is wrong with what was typed, else the year of the paper beside it. */

export function begin(root) {
  root.querySelectorAll("[data-strip], [data-mode], [data-viewer-tools]").forEach(function (each) {
    each.hidden = false;
  });
  root.querySelectorAll("[data-hint]").forEach(function (button) {
    const key = document.createElement("kbd");
    key.setAttribute("aria-hidden", "true");
    key.textContent = button.dataset.hint;
    button.append(key);
  });
  claim();
  const pane = root.querySelector("#evidence[data-year]");
  const first = root.querySelector("[data-part]:not([data-part=overview])");
  showPart(pane ? pane.dataset.year : first ? first.dataset.part : "overview");
  const wrong = root.querySelector("[data-error-summary] a[href^='#']");
  showTarget(wrong ? wrong.getAttribute("href") : window.location.hash);
  const form = root.querySelector("#decision");
  const opinion = form && form.querySelector(".field-bad textarea");
  if (opinion) {
    form.classList.add("is-open");
    opinion.focus(); // where it can be put right at once
  } else if (root.querySelector("[data-error-summary]")) {
    root.querySelector("[data-error-summary]").focus();
  }
}
