// Passkeys: a form with data-passkey asks the browser for a key before it is sent (WebAuthn level 3, JSON methods).

const WITHOUT = "passwordless";

function said(form, which) {
  const place = form.querySelector("[data-passkey-error]");
  place.textContent = place.dataset[which];
  place.hidden = false;
}

async function options(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
  return (await answer.json()).request_options;
}

function forCreating(form, asked) {
  const alone = form.elements[WITHOUT]?.checked;
  const selection = { ...asked.publicKey.authenticatorSelection, residentKey: alone ? "required" : "discouraged", requireResidentKey: Boolean(alone) };
  if (alone) selection.userVerification = "required";
  return PublicKeyCredential.parseCreationOptionsFromJSON({ ...asked.publicKey, authenticatorSelection: selection });
}

async function key(form) {
  const asked = await options(form);
  if (form.dataset.passkey === "create") return navigator.credentials.create({ publicKey: forCreating(form, asked) });
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked.publicKey) });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-passkey]")) return;
  event.preventDefault();
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) return said(form, "unknown");
  try {
    form.elements.credential.value = JSON.stringify((await key(form)).toJSON());
    form.submit();
  } catch {
    said(form, "failed");
  }
});
