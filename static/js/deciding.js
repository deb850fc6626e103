/* A decision beside the material: each step of it is asked of the server and opens above the bar. */

import { countDown } from "./held.js";
import { caseNow, goOn, parsed, put } from "./next-case.js";

let busy = false;

function decision() {
  return document.getElementById("decision");
}

function step() {
  return document.querySelector("[data-step]");
}

function isReviewing() {
  return document.body.classList.contains("reviewing");
}

export function putAway() {
  if (step()) {
    step().hidden = true;
    step().replaceChildren();
  }
  if (decision()) {
    decision().classList.remove("is-open");
  }
}

/* 审核通过: the first press asks where it goes, the second one confirms. */

function press(act) {
  const button = document.querySelector('[data-act="' + act + '"]');
  if (button) {
    button.click();
  }
}

export function pressAct() {
  const confirm = step() && !step().hidden && step().querySelector("[name=confirm]");
  if (confirm) {
    confirm.click();
  } else {
    press("approve");
  }
}

/* 退回修改: the first press opens the ready reasons, the second one sends. */

export function openOpinion() {
  const form = decision();
  if (!form) {
    return;
  }
  if (form.classList.contains("is-open")) {
    press("return");
    return;
  }
  putAway();
  form.classList.add("is-open");
}

/* The ready reason of this number while the reasons are open. */

export function pressReason(key) {
  const form = decision();
  return form && form.classList.contains("is-open") ? form.querySelectorAll("[data-reason]")[Number(key) - 1] : null;
}

function say(toast) {
  if (toast.hasAttribute("data-held")) {
    countDown(toast);
  }
  document.getElementById("toasts").replaceChildren(toast);
  window.htmx.process(toast);
}

function ask(found) {
  const question = found.page.querySelector("[data-question]") || found.page.querySelector("main > .wrap");
  question.querySelectorAll("h1").forEach(function (title) {
    const heading = document.createElement("h2");
    heading.textContent = title.textContent;
    title.replaceWith(heading);
  });
  question.querySelectorAll(".breadcrumb").forEach(function (trail) {
    trail.closest("nav").remove();
  });
  decision().classList.remove("is-open");
  step().replaceChildren(document.adoptNode(question));
  step().hidden = false;
  window.htmx.process(step());
  const confirm = step().querySelector("[name=confirm]");
  const choice = step().querySelector("select");
  (step().querySelector("[data-error-summary]") || (choice && !choice.value ? choice : confirm) || step()).focus();
}

function answered(answer) {
  return parsed(answer).then(function (found) {
    const done = found.page.querySelector("[data-decided]");
    if (done) {
      say(document.adoptNode(done));
      return goOn().catch(function () {
        window.location.assign(caseNow().dataset.following); // decided it is, whatever became of the next one
      });
    }
    if (found.page.querySelector("#case [data-error-summary]")) {
      put({ address: window.location.href, page: found.page }, false);
      return null;
    }
    if (answer.redirected || !found.page.querySelector("main")) {
      window.location.assign(answer.url);
      return null;
    }
    ask(found);
    return null;
  });
}

function showNumber(button) {
  const typed = new FormData(decision());
  fetch(button.formAction, { method: "POST", body: typed, headers: { "X-Beside": "yes" }, credentials: "same-origin" })
    .then(parsed)
    .then(function (found) {
      const number = found.page.querySelector("[data-number-shown]");
      if (!number) {
        window.location.reload();
        return;
      }
      const shown = document.adoptNode(number);
      button.parentElement.replaceChildren(shown);
      shown.focus();
    });
}

function send(form, button) {
  const typed = new FormData(form);
  if (button && button.name) {
    typed.append(button.name, button.value);
  }
  const address = button && button.hasAttribute("formaction") ? button.formAction : form.action;
  busy = true;
  fetch(address, { method: "POST", body: typed, headers: { "X-Beside": "yes" }, credentials: "same-origin" })
    .then(answered)
    .catch(function () {
      const toast = document.createElement("div");
      toast.className = "toast";
      toast.textContent = "没有办成，请检查网络后重试；已填写的内容仍在页面上。";
      say(toast);
    })
    .finally(function () {
      busy = false;
    });
}

/* What refuses needs a reason: before there is one, its button opens the place for it. */

function lacksReason(form, button) {
  const refuses = form.id === "decision" && button && ["return", "reject"].includes(button.dataset.act);
  return refuses && !form.classList.contains("is-open") && !form.elements.opinion.value.trim();
}

function goesBack(form, button) {
  return form.id !== "decision" && button && button.hasAttribute("formaction");
}

function decide(form, button) {
  if (goesBack(form, button)) {
    putAway(); // 返回上一步: what was typed is still there
  } else if (lacksReason(form, button)) {
    openOpinion();
    form.elements.opinion.focus();
  } else if (!busy) {
    send(form, button);
  }
}

document.addEventListener("submit", function (event) {
  const form = event.target;
  if (form.id !== "decision" && !form.closest("[data-step]")) {
    return;
  }
  if (event.submitter && event.submitter.hasAttribute("data-number")) {
    event.preventDefault();
    showNumber(event.submitter);
  } else if (isReviewing()) {
    event.preventDefault();
    decide(form, event.submitter);
  }
});
