/* What was typed and has not reached the server, kept in this tab's own sessionStorage, one entry a page. */

const PREFIX = "unsaved:";
const HERE = PREFIX + window.location.pathname;

export function hold(body, tab) {
  try {
    window.sessionStorage.setItem(HERE, JSON.stringify({ body: body, tab: tab }));
  } catch {
    // A full or forbidden storage: the page itself still holds what was typed.
  }
}

/* {body, tab} of this page, or null. */

export function held() {
  return JSON.parse(window.sessionStorage.getItem(HERE));
}

export function letGo() {
  window.sessionStorage.removeItem(HERE);
}

/* A save that the server confirmed leaves its tab in a cookie: what was held for it can go. */
export function letGoOfWhatWasSaved() {
  const match = /(?:^|; )kept=([0-9a-z-]+)/.exec(document.cookie);
  if (!match) {
    return;
  }
  Object.keys(window.sessionStorage).forEach(function (key) {
    if (key.startsWith(PREFIX) && JSON.parse(window.sessionStorage.getItem(key)).tab === match[1]) {
      window.sessionStorage.removeItem(key);
    }
  });
}
