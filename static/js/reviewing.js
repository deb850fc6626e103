/* 审阅模式: the whole case on one screen, by mouse or by keyboard. 整页显示 goes back to the long page. */

import { openOpinion, pressAct, pressReason, putAway } from "./deciding.js";
import { isShortcut } from "./keys.js";
import { caseNow, goOn, lookAhead } from "./next-case.js";
import { begin, showTarget } from "./parts.js";

const TYPED_INTO = "textarea, select, input:not([type=checkbox]):not([type=radio])";
const KEPT = "whole-page"; // in the browser, by whoever wants the long page

function setMode(whole) {
  document.body.classList.toggle("reviewing", !whole);
  document.querySelectorAll("[data-mode]").forEach(function (button) {
    button.textContent = whole ? "审阅模式" : "整页显示";
  });
}

function wantsWholePage() {
  try {
    return window.localStorage.getItem(KEPT) === "yes";
  } catch {
    return false; // a browser that keeps nothing
  }
}

function keepMode(whole) {
  try {
    window.localStorage.setItem(KEPT, whole ? "yes" : "no");
  } catch {
    // it holds for this page
  }
}

function yearOf(key) {
  const tabs = document.querySelectorAll("[data-go]");
  const tab = tabs[Number(key)];
  return tab && tab.dataset.go !== "progress" ? tab : null;
}

function byKey(key) {
  if (key >= "0" && key <= "9") {
    return pressReason(key) || yearOf(key);
  }
  return {
    n: document.querySelector("[data-next-case]"),
    u: document.querySelector("#toasts [data-recall]"),
  }[key];
}

document.addEventListener("keydown", function (event) {
  if (event.key === "Escape") {
    putAway();
  }
  if (!isShortcut(event, TYPED_INTO)) {
    return;
  }
  const key = event.key.toLowerCase();
  const act = { a: pressAct, r: openOpinion }[key];
  if (act) {
    event.preventDefault();
    act();
    return;
  }
  const target = byKey(key);
  if (target && target.click) {
    event.preventDefault();
    target.click();
  }
});

document.addEventListener("click", function (event) {
  const next = event.target.closest("[data-next-case]");
  const beside = event.ctrlKey || event.metaKey || event.shiftKey; // a window of its own
  if (next && !beside && document.body.classList.contains("reviewing")) {
    event.preventDefault();
    goOn().catch(function () {
      window.location.assign(next.href);
    });
  }
});

document.addEventListener("click", function (event) {
  const inside = event.target.closest('a[href^="#"]');
  if (inside) {
    showTarget(inside.getAttribute("href"));
  } else if (event.target.closest("[data-mode]")) {
    const whole = document.body.classList.contains("reviewing");
    setMode(whole);
    keepMode(whole);
  }
});

document.addEventListener("DOMContentLoaded", function () {
  setMode(wantsWholePage());
  window.history.replaceState({ case: true }, "");
  begin(caseNow());
  lookAhead();
});
