/* The year page: the sums move while one types, titles follow the chosen year. What the rules give for an
   activity comes from the server while one types; it computes everything again when the year is saved. */

import { narrow } from "./look-for.js";

function hoursIn(text) {
  const typed = text.normalize("NFKC").replace(/\s|学时分|学时|课时/g, "").replace("。", ".");
  return /^\d{1,4}(\.\d?)?$/.test(typed) ? Number(typed) : 0;
}

function show(meter, value, nothing) {
  const minimum = Number(meter.dataset.minimum);
  const gap = Math.max(minimum - value, 0);
  const box = meter.querySelector(".meter");
  const words = meter.querySelector(".meter-words");
  const sign = words.querySelector("use");
  let name = gap ? "#look" : "#done";
  let says = gap ? "还差 " + gap + " 学时" : "已达到";
  if (nothing) {
    name = "#edit";
    says = "还没有填写";
  }
  meter.querySelector(".meter-value").firstChild.textContent = String(value);
  meter.querySelector("rect").setAttribute("width", String(minimum ? Math.min((value / minimum) * 100, 100) : 100));
  box.classList.toggle("meter-met", gap === 0 && !nothing);
  box.classList.toggle("meter-neutral", nothing);
  sign.setAttribute("href", sign.getAttribute("href").replace(/#.*/, name));
  words.lastChild.textContent = says;
}

function count(form) {
  const sums = { total: 0 };
  form.querySelectorAll("[data-hours]").forEach(function (field) {
    const hours = hoursIn(field.value);
    sums[field.dataset.hours] = (sums[field.dataset.hours] || 0) + hours;
    sums.total += hours;
  });
  form.querySelectorAll("[data-meter]").forEach(function (meter) {
    show(meter, sums[meter.dataset.meter] || 0, sums.total === 0);
  });
}

/* Examples follow the chosen year; what somebody typed is theirs. */
function rename(form, year) {
  form.querySelectorAll('input[name$="-title"]').forEach(function (field) {
    field.placeholder = field.placeholder.split(form.dataset.year).join(year);
  });
  form.dataset.year = year;
}

let pause;

/* Plain lines add up here; a line that the rules compute is the server's to count. */
function recount(form) {
  if (form.querySelector("[data-credit]") || !form.hasAttribute("data-live")) {
    window.clearTimeout(pause);
    pause = window.setTimeout(function () {
      window.htmx.trigger("#meters", "recount");
    }, 300);
  } else {
    count(form);
  }
}

/* A chip fills in its hours, as the button does without a script. */
function fill(chip) {
  const field = chip.closest(".card").querySelector("[data-hours]");
  field.value = chip.dataset.fill;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/* The list narrows while one types; Enter there saves nothing, and the words looked for are not sent. */
function lookFor(form) {
  const search = form.querySelector("[data-look-for]");
  search.removeAttribute("name");
  search.addEventListener("input", function () {
    narrow(search);
    form.querySelector(".ask-all").open = true;
  });
  search.addEventListener("keydown", function (event) {
    if (event.key === "Enter") {
      event.preventDefault();
    }
  });
}

/* What is left blank is claimed as the rules give it, and the field shows that figure. */
function showGiven(form) {
  form.querySelectorAll("[data-credit]").forEach(function (credit) {
    credit.closest(".card").querySelector("[data-hours]").placeholder = credit.dataset.given;
  });
}

/* Another year that a title names is spoken of as long as it stands there. */
function stillForeign(field) {
  const note = field.name && field.name.endsWith("-title") && field.closest(".card").querySelector("[data-foreign]");
  if (note) {
    note.hidden = !field.value.includes(note.dataset.foreign);
  }
}

document.addEventListener("DOMContentLoaded", function () {
  const form = document.getElementById("year-form");
  if (!form) {
    return;
  }
  form.querySelectorAll("[data-without-script]").forEach(function (part) {
    part.hidden = true;
  });
  lookFor(form);
  form.addEventListener("input", function (event) {
    stillForeign(event.target);
    if (event.target.matches("[data-hours]") || event.target.closest("[data-computed]")) {
      recount(form);
    }
  });
  form.addEventListener("change", function (event) {
    if (event.target.name === "year") {
      rename(form, event.target.value);
    } else if (event.target.closest("[data-computed]")) {
      recount(form);
    }
  });
  form.addEventListener("click", function (event) {
    const chip = event.target.closest("[data-fill]");
    if (chip) {
      event.preventDefault();
      fill(chip);
    }
  });
  document.addEventListener("htmx:afterSettle", function () {
    showGiven(form);
  });
});
