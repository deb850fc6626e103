// Properties, selectors, at-rules and words of values that Chromium 86 does not know are errors.
import plugin, { ruleName } from "./stylelint-chromium86.mjs";

// Where a layout changes; custom properties do not work in media queries. Their meaning: docs/front-end.md.
const breakpoints = { "max-width": ["40rem", "48rem", "56rem", "64rem"], "min-width": ["40.0625rem"] };

// These have tokens (static/css/tokens.css): corners, and the thick edge that carries a tone.
const literals = {
  "border-radius": ["/^[0-9.]+px/"],
  "/^border-(top|right|bottom|left)(-width)?$/": ["/^[3-9]px/"],
};

export default {
  plugins: [plugin],
  rules: {
    [ruleName]: true,
    "media-feature-name-value-allowed-list": breakpoints,
    "declaration-property-value-disallowed-list": literals,
  },
};
