/* 自动保存: keeps what is typed into a section's form. The server keeps it as a draft of this tab; while the
   server cannot (signed out, no network, restarting), this tab's own memory holds it until it can. */

import { renewToken, tokenOf } from "./csrf.js";
import { held, hold, letGo, letGoOfWhatWasSaved } from "./unsaved.js";

const PAUSE = 1000; // after the last keystroke
const AGAIN = 4000; // while the server cannot be reached or nobody is signed in
const NOT_SENT = ["csrfmiddlewaretoken", "act", "employer_name"];

let form, says, tab, sent, timer, checkedAt;
let leaving = false;
let touched = false;
let busy = null;

/* -- what is typed */

function typed() {
  const body = new URLSearchParams();
  new FormData(form).forEach(function (value, name) {
    if (typeof value === "string" && !NOT_SENT.includes(name)) {
      body.append(name, value);
    }
  });
  body.set("tab", tab);
  body.set("since", form.dataset.since);
  body.set("filled_from", form.dataset.filledFrom);
  return body.toString();
}

function changed() {
  return typed() !== sent;
}

/* -- telling */

function tell(text, wrong, links) {
  const line = document.createElement("p");
  line.textContent = text;
  (links || []).forEach(function (link) {
    const a = document.createElement("a");
    a.textContent = link.label;
    a.href = link.href;
    if (link.blank) {
      a.target = "_blank";
      a.rel = "noopener";
    }
    line.append(" ", a);
  });
  if (line.textContent !== says.textContent) {
    says.replaceChildren(line);
  }
  says.classList.toggle("autosave-wrong", Boolean(wrong));
}

function tellSignedOut() {
  tell("登录已过期。您填写的内容仍在本页，登录后自动继续保存。", true, [
    { label: "在新窗口登录", href: says.dataset.signIn, blank: true },
  ]);
}

/* -- talking to the server */

function options(body, last) {
  const headers = { "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": tokenOf(form) };
  return { method: "POST", body: body, headers: headers, redirect: "manual", keepalive: Boolean(last) };
}

function address() {
  const query = new URLSearchParams({ tab: tab, since: form.dataset.since });
  ["opened", "year"].forEach(function (name) {
    const field = form.elements[name];
    if (field && field.value) {
      query.set(name, field.value);
    }
  });
  return form.dataset.autosave + "?" + query.toString();
}

function again() {
  window.clearTimeout(timer);
  timer = window.setTimeout(ask, AGAIN);
}

/* Reads an answer; resolves to its content, or to null when there is none that counts. */

function read(answer) {
  if (answer.type === "opaqueredirect") {
    hold(typed(), tab);
    tellSignedOut();
    again();
    return null;
  }
  if (answer.status === 404) {
    tell("现在登录的不是填写这份申报的账号，请换回原来的账号登录。您填写的内容仍在本页。", true);
    again();
    return null;
  }
  if (answer.status === 403 || answer.status >= 500) {
    throw new Error(String(answer.status));
  }
  return answer.json();
}

// The button that keeps what was typed for good: its word differs from page to page.
function mainAct() {
  const button = form.querySelector(".form-actions .button-primary");
  return button ? button.textContent.trim() : "保存";
}

function heard(content, body) {
  renewToken(content.csrf);
  if (body !== null) {
    sent = body;
    letGo();
  }
  if (content.state === "saved") {
    tell("已自动保存 " + content.time + "（草稿，点“" + mainAct() + "”后生效）");
  } else if (content.state === "same") {
    tell("与已保存的内容一致");
  } else if (content.state === "stale" || content.state === "other") {
    tell(content.says, true, [{ label: "对照两份内容", href: content.compare }]);
  } else if (content.says) {
    tell(content.says, true);
  }
}

function failed() {
  hold(typed(), tab);
  tell("暂时连不上服务器。您填写的内容仍在本页，恢复后自动保存。", true);
  again();
}

/* Asks how things stand, and goes on saving if there is something to save. */
function ask() {
  checkedAt = Date.now();
  return window
    .fetch(address(), { redirect: "manual", cache: "no-store" })
    .then(read)
    .then(function (content) {
      if (!content) {
        return null;
      }
      renewToken(content.csrf);
      if (content.state === "stale" && !touched) {
        tell("这一部分刚才在别处保存过，本页是旧内容。", true, [{ label: "刷新本页", href: form.action }]);
        return null;
      }
      // What is typed here is kept before anything is said, so that it can be compared at once.
      if (changed() || content.state === "stale") {
        return send(false);
      }
      heard(content, null);
      return null;
    })
    .catch(failed);
}

function send(last) {
  window.clearTimeout(timer);
  if (leaving || (busy && !last)) {
    return Promise.resolve();
  }
  const body = typed();
  const post = function () {
    return window.fetch(form.dataset.autosave, options(body, last));
  };
  busy = post()
    .then(function (answer) {
      // A token that was changed by signing in again: get the new one and try once more.
      return answer.status === 403 ? renewed().then(post) : answer;
    })
    .then(read)
    .then(function (content) {
      if (content) {
        heard(content, body);
      }
    })
    .catch(failed)
    .finally(function () {
      busy = null;
      if (sent === body && changed() && !leaving) {
        soon();
      }
    });
  return busy;
}

function renewed() {
  return window
    .fetch(address(), { redirect: "manual", cache: "no-store" })
    .then(read)
    .then(function (content) {
      if (content) {
        renewToken(content.csrf);
      }
    });
}

function soon() {
  window.clearTimeout(timer);
  timer = window.setTimeout(function () {
    send(false);
  }, PAUSE);
}

/* -- what this tab held over a sign-in or a crash goes to the server, which fills it in */

function restore() {
  const kept = held();
  if (!kept || form.hasAttribute("data-answered")) {
    letGo();
    return false;
  }
  window
    .fetch(form.dataset.autosave, options(kept.body, false))
    .then(read)
    .then(function (content) {
      if (!content) {
        return;
      }
      letGo();
      if (content.state === "saved" || content.state === "stale") {
        window.location.reload();
      }
    })
    .catch(failed);
  return true;
}

/* Whether this page is the answer to a form that the browser sent or showed a second time. */
function sentAgain() {
  const way = window.performance.getEntriesByType("navigation")[0];
  return Boolean(way) && (way.type === "reload" || way.type === "back_forward");
}

function start() {
  form = document.querySelector("form[data-autosave]");
  says = form && form.querySelector("[data-autosave-says]");
  if (!form || !says) {
    return;
  }
  letGoOfWhatWasSaved();
  if (form.hasAttribute("data-answered") && sentAgain()) {
    // The browser repeated an old answer; the draft is newer than that.
    window.location.replace(form.action);
    return;
  }
  tab = form.elements.tab.value || Date.now().toString(36) + "-" + Math.random().toString(36).slice(2, 14);
  form.elements.tab.value = tab;
  sent = typed();
  checkedAt = Date.now();
  touched = form.hasAttribute("data-answered") || form.dataset.filledFrom !== "";
  const restoring = restore();
  if (!restoring && form.hasAttribute("data-answered")) {
    sent = ""; // what the server sent back is typed, not saved
    soon();
  }
  watchTyping();
  watchLeaving();
}

function watchTyping() {
  form.addEventListener("input", function () {
    leaving = false;
    touched = true;
    soon();
  });
  form.addEventListener("change", function () {
    touched = true;
    soon();
  });
  form.addEventListener("submit", function () {
    leaving = true;
    window.clearTimeout(timer);
    hold(typed(), tab);
  });
}

function saveBeforeLeaving() {
  if (!leaving && changed()) {
    send(true);
  }
}

/* A page that is left saves at once; one that is seen again asks how things stand. */
function watchLeaving() {
  window.addEventListener("pagehide", saveBeforeLeaving);
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") {
      saveBeforeLeaving();
    } else if (!leaving) {
      ask();
    }
  });
  window.addEventListener("focus", function () {
    if (!leaving && Date.now() - checkedAt > 1000) {
      ask();
    }
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      leaving = false;
      ask();
    }
  });
}

document.addEventListener("DOMContentLoaded", start);
