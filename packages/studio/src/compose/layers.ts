import type { CutOut } from "../cut-out/cut-out.ts";
import type { Look } from "../look.ts";
import { type Placement, placeSubject } from "../placement.ts";
import { buildScenery, type RenderedScene, renderScene } from "../scene/render-scene.ts";
import { mirrorSubject } from "./reflection.ts";
import { castShadow } from "./shadow.ts";
import { lightSubject, type SubjectLayer } from "./subject-layer.ts";

/** The two layers of every picture: what stays (with shadow and reflection in it), and the subject. */
export type Layers = {
  scene: RenderedScene;
  subject: SubjectLayer;
  placement: Placement;
  /** Top left corner of the subject in pixels of the frame. */
  position: { x: number; y: number };
};

export type LayerPlan = {
  cutOut: CutOut;
  look: Look;
  seed: number;
  /** Pixels of the finished frame. */
  width: number;
  height: number;
  /** Pixels of the scene's long side, before the overscan. */
  sceneSide: number;
  /** How much more than the frame the scene shows, 1 or more. */
  overscan: number;
  onStage(stage: "building_scene" | "lighting"): void;
};

export async function buildLayers(plan: LayerPlan): Promise<Layers> {
  const { cutOut, look, width, height } = plan;
  const placement = placeSubject(cutOut, look, width / height);
  const scenery = buildScenery(look, placement, plan.seed);
  plan.onStage("building_scene");
  const scene = renderScene(scenery, placement.camera, look, plan.sceneSide, plan.overscan);
  plan.onStage("lighting");
  const perUnit = Math.min(width, height);
  const subject = await lightSubject(
    cutOut,
    scenery,
    look,
    Math.max(2, Math.round(placement.width * perUnit)),
    Math.max(2, Math.round(placement.height * perUnit)),
  );
  castShadow(scene, subject, placement, look);
  mirrorSubject(scene, subject, placement);
  const position = {
    x: Math.round(width / 2 + placement.left * perUnit),
    y: Math.round(height / 2 + placement.top * perUnit),
  };
  return { scene, subject, placement, position };
}
