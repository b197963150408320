import { generationSettings } from "@tintype/core/generation";
import { expect, test } from "vitest";
import { readLook } from "./look.ts";

const look = (prompt: string, scene = "studio") =>
  readLook(generationSettings.parse({ kind: "image", prompt, scene }));

test.each([
  ["on a soft pink background", "мягкий розовый фон"],
  ["navy wall", "тёмно-синяя стена"],
  ["all white", "на белом фоне"],
  ["beige", "бежевый"],
  ["black stone", "чёрный камень"],
])("“%s” and “%s” ask for the same colour", (english, russian) => {
  expect(look(english).colour).not.toBeNull();
  expect(look(russian).colour).toEqual(look(english).colour);
});

test.each([
  ["warm sunset light", "тёплый свет заката", { warmth: 1 }],
  ["cold winter morning", "холодное зимнее утро", { warmth: -1 }],
  ["dramatic, cinematic", "драматичный кадр", { dramatic: true }],
  ["glossy floor", "глянцевый пол", { glossy: true }],
  ["light from the right", "свет справа", { lightSide: 1 }],
  ["on a marble table", "на мраморном столе", { scene: "marble" }],
])("“%s” and “%s” change the look", (english, russian, expected) => {
  expect(look(english)).toMatchObject(expected);
  expect(look(russian)).toMatchObject(expected);
});

test("words inside other words mean nothing", () => {
  expect(look("a bored squirrel").colour).toBeNull();
  expect(look("белка в пледе").colour).toBeNull();
});

test("a scene that was chosen is not overruled by the prompt", () => {
  expect(look("on a marble table", "dark").scene).toBe("dark");
});
