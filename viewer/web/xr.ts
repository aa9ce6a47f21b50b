import type { Model } from "./model";
import type { Viewport } from "./viewport";
export async function enter(viewport: Viewport, _model: Model, mode: XRSessionMode, onchange: (isPresenting: boolean) => void): Promise<void> {
  const session = await navigator.xr!.requestSession(mode);
  onchange(true);
  await viewport.renderer.xr.setSession(session);
}
