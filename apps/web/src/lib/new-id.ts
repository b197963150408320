import { uuidv7 } from "@tintype/core/ids";

/** An id for something this browser creates: sortable by time, and ours before the server answers. */
export const newId = (): string => uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
