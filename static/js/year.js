/* The year page: the sums move while one types, titles follow the chosen year. What the rules give for an
   activity comes from the server while one types; it computes everything again when the year is saved. */

function hoursIn(text) {
  const typed = text.normalize("NFKC").replace(/\s|学时分|学时|课时/g, "").replace("。", ".");
  return /^\d{1,4}(\.\d?)?$/.test(typed) ? Number(typed) : 0;
}

function show(meter, value) {
  const minimum = Number(meter.dataset.minimum);
  const gap = Math.max(minimum - value, 0);
  const box = meter.querySelector(".meter");
  const words = meter.querySelector(".meter-words");
  const sign = words.querySelector("use");
  meter.querySelector(".meter-value").firstChild.textContent = String(value);
  meter.querySelector("rect").setAttribute("width", String(minimum ? Math.min((value / minimum) * 100, 100) : 100));
  box.classList.toggle("meter-met", gap === 0);
  sign.setAttribute("href", sign.getAttribute("href").replace(/#.*/, gap ? "#look" : "#done"));
  words.lastChild.textContent = gap ? "还差 " + gap + " 学时" : "已达到";
}

function count(form) {
  let total = 0;
  form.querySelectorAll("[data-meter]").forEach(function (meter) {
    const key = meter.dataset.meter;
    let sum = 0;
    if (key !== "total") {
      form.querySelectorAll('[data-hours="' + key + '"]').forEach(function (field) {
        sum += hoursIn(field.value);
      });
      total += sum;
    }
    show(meter, key === "total" ? total : sum);
  });
}

function rename(form, year) {
  form.querySelectorAll('input[name$="-title"]').forEach(function (field) {
    field.value = field.value.split(form.dataset.year).join(year);
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

document.addEventListener("DOMContentLoaded", function () {
  const form = document.getElementById("year-form");
  if (!form) {
    return;
  }
  form.addEventListener("input", function (event) {
    if (event.target.matches("[data-hours]") || event.target.closest("details")) {
      recount(form);
    }
  });
  form.addEventListener("change", function (event) {
    if (event.target.name === "year") {
      rename(form, event.target.value);
    } else if (event.target.name && event.target.name.endsWith("-kind")) {
      // The facts a kind asks for come from the server, as they do without a script.
      event.target.closest("details").querySelector("[data-count]").click();
    } else if (event.target.closest("details")) {
      recount(form);
    }
  });
});
