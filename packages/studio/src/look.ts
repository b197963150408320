import type {
  GenerationSettings,
  ModelPreset,
  PosePreset,
  ScenePreset,
} from "@tintype/core/generation";
import { type Colour, hex } from "./pixels/light.ts";

/** Everything that decides how a picture looks, except its size. */
export type Look = {
  scene: ScenePreset;
  pose: PosePreset;
  model: ModelPreset;
  /** Colour the prompt asks for, as linear light. */
  colour: Colour | null;
  /** -1 cool, 0 neutral, 1 warm. */
  warmth: number;
  dramatic: boolean;
  glossy: boolean;
  /** Side the key light comes from: -1 left, 1 right. */
  lightSide: -1 | 1;
};

/** Words are matched from their beginning ("розов" finds "розовый" and "розовом"), in English and Russian. */
const colourWords: readonly [RegExp, string][] = [
  [words("pink", "розов"), "#f0b4c3"],
  [words("peach", "персиков"), "#f4c3a2"],
  [words("burgundy", "бордов"), "#7d2438"],
  [words("red\\b", "красн", "алы", "алом"), "#b8322f"],
  [words("orange", "оранжев"), "#e58a45"],
  [words("gold\\b", "золот(?!ой час)"), "#d3ab55"],
  [words("yellow", "жёлт", "желт"), "#f0ca58"],
  [words("mint", "мятн"), "#acd9c6"],
  [words("teal", "turquoise", "бирюзов"), "#3f8f95"],
  [words("green", "зелён", "зелен"), "#7ba683"],
  [words("navy", "тёмно-син", "темно-син"), "#22324f"],
  [words("blue", "голуб", "син(?:ий|яя|ее|ие|его|ей|ем|им|юю)"), "#7fa6d8"],
  [words("lavender", "lilac", "лаванд", "сирен"), "#c3b5e6"],
  [words("purple", "violet", "фиолет"), "#8a75c0"],
  [words("beige", "sand\\b", "бежев", "песочн"), "#e0d0b8"],
  [words("cream", "ivory", "кремов"), "#f1e6d3"],
  [words("brown", "коричнев"), "#8a6a4f"],
  [words("black", "чёрн", "черн"), "#1d1e21"],
  [words("gray", "grey", "silver", "сер(?:ый|ая|ое|ые|ого|ой|ом|ым)", "серебр"), "#a9adb3"],
  [words("white", "бел(?:ый|ая|ое|ые|ого|ой|ом|ым)"), "#eef0f2"],
];

/** Scenes a prompt may name while the preset is left on its default. */
const sceneWords: readonly [RegExp, ScenePreset][] = [
  [words("marble", "мрамор"), "marble"],
  [words("wood", "деревян", "дерев(?:о|е|а)\\b", "древес"), "wood_table"],
  [words("podium", "pedestal", "plinth", "подиум", "пьедестал"), "podium"],
  [
    words("outdoor", "garden", "nature", "park\\b", "forest", "природ", "сад(?:у|ом)?\\b", "лес"),
    "outdoor_bokeh",
  ],
  [words("pastel", "пастел"), "pastel"],
];

const warm = words("warm", "sunset", "golden hour", "cosy", "cozy", "тёпл", "тепл", "закат", "уют");
const cool = words("cool", "cold", "winter", "icy\\b", "холод", "зим", "прохлад", "лёд", "лед\\b");
const dramatic = words("dramatic", "moody", "cinematic", "contrast", "драмат", "контраст", "кино");
const glossy = words("gloss", "reflect", "mirror", "wet\\b", "глянц", "отраж", "зеркал", "блест");
const fromRight = words("from the right", "right light", "light(?: is)? (?:on the )?right");
const fromRightRussian = words("свет(?:ом)? справа", "справа свет", "освещени[ея] справа");

export function readLook(settings: GenerationSettings): Look {
  const prompt = settings.prompt.toLowerCase();
  const named = sceneWords.find(([pattern]) => pattern.test(prompt))?.[1];
  const colour = colourWords.find(([pattern]) => pattern.test(prompt))?.[1];
  return {
    scene: settings.scene === "studio" && named ? named : settings.scene,
    pose: settings.pose,
    model: settings.model,
    colour: colour ? hex(colour) : null,
    warmth: warm.test(prompt) ? 1 : cool.test(prompt) ? -1 : 0,
    dramatic: dramatic.test(prompt),
    glossy: glossy.test(prompt),
    lightSide: fromRight.test(prompt) || fromRightRussian.test(prompt) ? 1 : -1,
  };
}

/** `\b` knows only Latin letters, so a word's beginning is "no letter before it". */
function words(...stems: string[]): RegExp {
  const cyrillicEnds = stems.join("|").replaceAll("\\b", "(?!\\p{L})");
  return new RegExp(`(?<!\\p{L})(?:${cyrillicEnds})`, "u");
}
