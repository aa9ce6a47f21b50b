// Pictures in a strip, one of them large.
import { h, fill } from "./elements";
import type { RunFile } from "./run";
import type { View } from "./views";

export function showGallery(files: RunFile[], onchoose: (index: number) => void = () => undefined): View {
  const picture = h("img", { class: "large-picture", alt: "" });
  const caption = h("p", { class: "caption" });
  const thumbs = files.map((file, index) =>
    h(
      "button",
      { type: "button", class: "thumb", "aria-label": file.name, "aria-pressed": "false", onclick: () => choose(index) },
      h("img", { src: file.url, alt: "", loading: "lazy", decoding: "async" }),
    ),
  );
  const strip = h("div", { class: "strip", role: "group", "aria-label": "Pictures" }, thumbs);
  let at = 0;

  function choose(index: number): void {
    at = (index + files.length) % files.length;
    const file = files[at]!;
    picture.src = file.url;
    picture.alt = file.name;
    fill(caption, h("strong", {}, file.name), files.length > 1 ? ` ${at + 1} of ${files.length}` : "");
    thumbs.forEach((thumb, other) => thumb.setAttribute("aria-pressed", String(other === at)));
    thumbs[at]!.scrollIntoView({ block: "nearest", inline: "nearest" });
    onchoose(at);
  }

  const root = h(
    "div",
    {
      class: "gallery",
      tabindex: 0,
      onkeydown: (event: KeyboardEvent) => {
        if (event.key === "ArrowRight") choose(at + 1);
        else if (event.key === "ArrowLeft") choose(at - 1);
        else return;
        event.preventDefault();
      },
    },
    h("div", { class: "large" }, picture),
    caption,
    files.length > 1 ? strip : null,
  );
  picture.addEventListener("load", () => (root.dataset["state"] = "ready"));
  choose(0);
  return { root, dispose: () => undefined };
}
