// Results that were accepted need no draft any more.

import { forget } from "./draft.js";

forget(document.querySelector("[data-plan]").dataset.plan);
