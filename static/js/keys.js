/* Letters as shortcuts: not while somebody types, and not those that the browser has for itself. */

export function isShortcut(event, typedInto = "input, textarea, select") {
  return !(event.ctrlKey || event.altKey || event.metaKey || event.target.matches(typedInto));
}
