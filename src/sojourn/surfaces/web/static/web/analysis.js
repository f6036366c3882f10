// An analysis: a changed control asks again, as a page of its own, so that going back works.
import "./undo.js";

const form = document.getElementById("question");

if (form) {
  document.addEventListener("change", (event) => {
    if (event.target.form !== form) return;
    if (event.target.id === "period") {
      document.querySelector(".days").hidden = event.target.value !== "custom";
      if (event.target.value === "custom") return; // the days are still to come
    }
    form.requestSubmit();
  });
  // A page that comes back as it was left would show the control as it was changed beside the answer from before.
  addEventListener("pageshow", (event) => { if (event.persisted) form.reset(); });
}
