// Syntax, built-ins and web interfaces as Chromium 86 has them. Scripts run as they are written, as modules.
import js from "@eslint/js";
import esX from "eslint-plugin-es-x";
import globals from "globals";

import chromium86 from "./eslint-chromium86.mjs";

// Of what is younger than ES2021 Chromium 86 had these already.
const HAS = /class-(fields|instance-fields|static-fields|private-fields|private-methods)$|hashbang$/;
const younger = Object.entries(esX.configs["flat/restrict-to-es2021"].rules);

export default [
  {
    files: ["**/*.js"],
    languageOptions: { ecmaVersion: "latest", sourceType: "module", globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { cehours: chromium86, "es-x": esX },
    rules: {
      ...js.configs.recommended.rules,
      "cehours/chromium-86": "error",
      ...Object.fromEntries(younger.filter(([rule]) => !HAS.test(rule))),
      "no-shadow": "error",
      "no-use-before-define": ["error", { functions: false }],
      complexity: ["error", 10],
      "max-lines-per-function": ["error", 50],
    },
  },
];
