// Opens the section of the device at hand and puts it first.

const ua = navigator.userAgent;
// iPadOS calls itself a Mac; no Mac has more than one touch point.
const touchMac = /Macintosh/.test(ua) && navigator.maxTouchPoints > 1;
const platforms = [
  ['ios', /iPhone|iPad|iPod/.test(ua) || touchMac],
  ['android', /Android/.test(ua)],
  ['windows', /Windows/.test(ua)],
  ['mac', /Macintosh/.test(ua)],
  ['linux', /Linux|CrOS/.test(ua)],
];
const [name] = platforms.find(([, here]) => here) || ['ios'];
const section = /** @type {HTMLDetailsElement} */ (document.querySelector(`details[data-platform="${name}"]`));
section.open = true;
document.querySelector('details').before(section);

// The name under which the device lists what it trusts, and the fingerprint to compare it by.
try {
  const response = await fetch('/trust/ca.json');
  if (response.ok) {
    const { name: title, fingerprint } = await response.json();
    document.getElementById('name').textContent = title;
    document.getElementById('fingerprint').textContent = fingerprint;
    document.getElementById('authority').hidden = false;
  }
} catch {
  // The steps work without it.
}
