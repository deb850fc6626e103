// What Chromium 86 knows, read from the data behind MDN's compatibility tables (@mdn/browser-compat-data).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const OLD = 86;
const file = createRequire(import.meta.url).resolve("@mdn/browser-compat-data");
export const data = JSON.parse(readFileSync(file, "utf8"));

// Called partial before a later version for a detail that does no harm; all else that is partial is refused.
const GOOD_ENOUGH = /^(outline|overscroll-behavior.*|paint-order|break-.*|avoid-page|list-item|oblique-angle)$/;

const version = (stated) => {
  if (stated === true) return 0;
  if (typeof stated !== "string" || stated === "preview") return Infinity;
  return Number.parseFloat(stated.replace("≤", ""));
};

const statements = (node) => [node?.__compat?.support.chrome ?? []].flat();

function current(statement, name) {
  if (statement.flags || (statement.partial_implementation && !GOOD_ENOUGH.test(name))) return false;
  const removed = statement.version_removed ? version(statement.version_removed) : Infinity;
  return version(statement.version_added) <= OLD && removed > OLD;
}

/** Is there a word about this node, and does Chromium 86 have it under its plain name? */
export const described = (node) => Boolean(node?.__compat);
export const has = (node, name = "") =>
  statements(node).some((each) => !each.prefix && !each.alternative_name && current(each, name));

/** Has it under whatever name. */
export const present = (node) => statements(node).some((each) => current(each, ""));

/** Every node below `node`, as [key, node, keys above it]. */
export function* below(node, above = []) {
  for (const [key, inner] of Object.entries(node ?? {})) {
    if (key === "__compat") continue;
    yield [key, inner, above];
    yield* below(inner, [...above, key]);
  }
}

/** The names, also prefixed ones, by which Chromium 86 knows the children of `node`. */
export function namesIn(node) {
  const names = new Set();
  for (const [key, inner] of Object.entries(node)) {
    if (key === "__compat") continue;
    for (const each of statements(inner)) {
      if (current(each, key)) names.add(each.alternative_name ?? (each.prefix ?? "") + key);
    }
  }
  return names;
}
