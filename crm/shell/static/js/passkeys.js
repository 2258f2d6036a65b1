// Buttons that talk to the browser's passkey dialog and send its answer with their form.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list ?? []).map((entry) => ({ ...entry, id: bytes(entry.id) }));

async function create({ publicKey }) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: known(publicKey.excludeCredentials),
      // A passkey proper: kept by the device, opened by finger, face or screen lock.
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: "required", requireResidentKey: true, userVerification: "required",
      },
    },
  });
  return answer(credential, {
    attestationObject: text(credential.response.attestationObject),
    transports: credential.response.getTransports?.() ?? [],
  });
}

async function use({ publicKey }) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: known(publicKey.allowCredentials),
    },
  });
  const { authenticatorData, signature, userHandle } = credential.response;
  return answer(credential, {
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  });
}

function answer(credential, response) {
  return {
    type: credential.type, id: credential.id, rawId: text(credential.rawId),
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function options(button) {
  const place = document.getElementById(button.dataset.options);
  if (place) return JSON.parse(place.textContent);
  const response = await fetch(button.dataset.optionsFrom, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return (await response.json()).request_options;
}

const why = (error) =>
  error.name === "NotAllowedError" ? "Cancelled, or no passkey of yours on this device."
  : error.name === "InvalidStateError" ? "This device already has a passkey here."
  : "The passkey did not work. Try again, or use another way.";

async function pressed(button) {
  const form = button.closest("form");
  const status = form.querySelector("[data-passkey-status]");
  status.textContent = "Waiting for your device";
  button.disabled = true;
  try {
    const act = button.dataset.passkey === "create" ? create : use;
    form.elements.credential.value = JSON.stringify(await act(await options(button)));
    mirror(form);
    form.submit();
  } catch (error) {
    status.textContent = why(error);
    button.disabled = false;
  }
}

function mirror(form) {
  for (const field of form.querySelectorAll("[data-mirrors]")) {
    field.disabled = !document.getElementById(field.dataset.mirrors).checked;
  }
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  if (window.PublicKeyCredential) {
    button.addEventListener("click", () => pressed(button));
  } else {
    button.disabled = true;
    button.closest("form").querySelector("[data-passkey-status]").textContent =
      "This browser has no passkeys.";
  }
}
