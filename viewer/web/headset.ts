// How a headset or a phone gets to this page.
import { h, iconButton } from "./elements";
import type { Session } from "./run";

export function headsetDialog(invitation: NonNullable<Session["invitation"]>): void {
  const dialog = h("dialog", { class: "dialog", "aria-label": "Put on a headset", onclose: () => dialog.remove() });
  const copy = (text: string) => h("div", { class: "copy-line" }, h("code", {}, text), iconButton("share", "Copy", () => void navigator.clipboard?.writeText(text)));
  const network = invitation.lan
    ? [
        h("p", {}, "On the same network, point a phone at the code or type the address. The browser warns once of a certificate that nobody signed: this viewer made it when it started."),
        invitation.qr ? h("img", { class: "qr", src: `data:image/svg+xml;utf8,${encodeURIComponent(invitation.qr)}`, alt: "QR code of the address" }) : null,
        copy(invitation.address),
      ]
    : [h("p", {}, "Start the viewer with --lan: it then serves this network over HTTPS and shows a code to scan. A browser offers VR only on such an address, or on localhost."), copy("scenewright view RUN --lan")];
  dialog.append(
    h("header", { class: "dialog-head" }, h("h2", {}, "Put on a headset"), iconButton("close", "Close", () => dialog.close())),
    h("h3", {}, "Over Wi-Fi"),
    ...(network.filter(Boolean) as HTMLElement[]),
    h("h3", {}, "Over USB"),
    h("p", {}, "With developer mode on, this makes the headset's own localhost lead here; then open the address below in its browser."),
    copy(invitation.adb),
    copy(invitation.lan ? invitation.address.replace(/\/\/[^/]+:/, "//localhost:") : invitation.address),
  );
  document.body.append(dialog);
  dialog.showModal();
}
