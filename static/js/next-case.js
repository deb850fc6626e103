/* The next case without a page load: fetched ahead, shown only while the server says that it is still so. */

import { countDown } from "./held.js";
import { begin } from "./parts.js";

let ahead = null; // { address, page }: a promise of the page that was fetched ahead

export function caseNow() {
  return document.getElementById("case");
}

export function parsed(answer) {
  return answer.text().then(function (text) {
    return { address: answer.url, page: new DOMParser().parseFromString(text, "text/html") };
  });
}

function fetched(address) {
  return fetch(address, { credentials: "same-origin" }).then(function (answer) {
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    return parsed(answer);
  });
}

/* Looking ahead changes nothing on the server and puts nothing on record: pictures of papers are not asked for. */

export function lookAhead() {
  const address = caseNow().dataset.next;
  if (!address) {
    ahead = null;
  } else if (!ahead || ahead.address !== address) {
    ahead = { address: address, page: fetched(address) };
    ahead.page.catch(function () {
      ahead = null;
    });
  }
}

/* Whether the server still says of a case what its page says. */

function stillSo(page) {
  const then = page.getElementById("case");
  return fetch(then.dataset.state, { credentials: "same-origin" })
    .then(function (answer) {
      return answer.ok ? answer.json() : {};
    })
    .then(function (now) {
      return String(now.version) === then.dataset.version && now.open === then.hasAttribute("data-open") &&
        now.claimed === then.dataset.claimed;
    });
}

/* Puts a fetched case in the place of the one that is shown. Anything else than a case is a page of its own. */

export function put(found, remember) {
  const fresh = found.page.getElementById("case");
  if (!fresh) {
    window.location.assign(found.address);
    return;
  }
  const here = document.adoptNode(fresh);
  const said = found.page.querySelectorAll("#messages > *");
  caseNow().replaceWith(here);
  document.getElementById("messages").replaceChildren(...said);
  document.title = found.page.title;
  if (remember) {
    window.history.pushState({ case: true }, "", found.address);
  }
  window.htmx.process(here);
  here.querySelectorAll("[data-held]").forEach(countDown);
  begin(here);
  lookAhead();
}

function newest(following, waiting) {
  if (!waiting) {
    return fetched(following);
  }
  return waiting.page.then(function (found) {
    return stillSo(found.page).then(function (same) {
      return same ? found : fetched(following);
    });
  });
}

/* 下一件: what was fetched ahead, or what the server gives when that is no longer so. After the last one the case stays
   on the screen as it is now, so that what was said of it stays, too. */

export function goOn() {
  const following = caseNow().dataset.following;
  const waiting = ahead;
  ahead = null;
  return newest(following, waiting).then(function (found) {
    if (found.page.getElementById("case")) {
      put(found, true);
      return null;
    }
    return fetched(window.location.href).then(function (same) {
      put(same, false);
    });
  });
}

/* 后退 and 前进 of the browser: the case of that address as it is now. */

window.addEventListener("popstate", function (event) {
  if (event.state && event.state.case) {
    ahead = null;
    fetched(window.location.href)
      .then(function (found) {
        put(found, false);
      })
      .catch(function () {
        window.location.reload();
      });
  }
});

