// Keeps the chosen file when the answer comes, so that only what was asked beside it need be changed.
"use strict";

async function answerTo(form, submitter) {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form, submitter) });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const kept = form.querySelector("input[type=file]")?.files;
  if (!kept?.length) return;
  event.preventDefault();
  event.submitter.disabled = true;
  let page;
  try {
    page = await answerTo(form, event.submitter);
  } catch {
    // No answer, or the file was changed since it was chosen: the browser says which.
    form.submit();
    return;
  }
  const main = page.querySelector("main");
  document.querySelector("main").replaceWith(main);
  document.title = page.title;
  const again = main.querySelector("input[type=file]");
  if (again) {
    again.files = kept;
    main.querySelector("[data-file-gone]")?.remove();
  }
  main.tabIndex = -1;
  main.focus();
  scrollTo(0, 0);
});
