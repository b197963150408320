import { afterAll, afterEach, expect } from "vitest";
import { takeMissingTexts } from "./browser.ts";

// Loaded before every file of the browser tests (vitest.config.ts), so that no file can forget it.
afterEach(() => expect(takeMissingTexts()).toEqual([]));
afterAll(() => expect(takeMissingTexts()).toEqual([]));
