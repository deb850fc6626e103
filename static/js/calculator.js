/* The calculator with a script: the list narrows while one types, and nothing is said about a field before it is left. */

import { narrow } from "./look-for.js";

function markWrongFields() {
  document.querySelectorAll(".fact").forEach(function (fact) {
    const wrong = Boolean(fact.querySelector(".fact-says > *"));
    fact.classList.toggle("fact-bad", wrong);
    fact.querySelectorAll("input, select, textarea").forEach(function (control) {
      if (wrong) {
        control.setAttribute("aria-invalid", "true");
      } else {
        control.removeAttribute("aria-invalid");
      }
    });
  });
}

document.addEventListener("DOMContentLoaded", function () {
  document.querySelectorAll("[data-without-script]").forEach(function (part) {
    part.hidden = true;
  });
  const search = document.querySelector("[data-look-for]");
  if (search) {
    search.addEventListener("input", function () {
      narrow(search);
    });
  }
});

document.addEventListener("htmx:configRequest", function (event) {
  const cause = event.detail.triggeringEvent;
  if (cause && cause.type === "input" && cause.target.name) {
    event.detail.parameters.typing = cause.target.name;
  }
});

document.addEventListener("htmx:afterSettle", markWrongFields);
