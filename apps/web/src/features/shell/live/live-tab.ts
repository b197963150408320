import type { LiveEvent } from "../../../lib/api-types.ts";
import { canElect, standForLeader } from "./leadership.ts";
import { openStream } from "./live-stream.ts";

/** What tabs say to each other. Other versions of the pages may be open: change it, and change `PROTOCOL`. */
type Message =
  | { type: "hello" }
  /** From the leader: at every change, in answer to a hello, and every few seconds. */
  | { type: "leader"; isOpen: boolean }
  | { type: "event"; event: LiveEvent }
  | { type: "session_over" };

const PROTOCOL = 1;
const BEAT_MS = 5_000;
/** So many beats without a word from the leader, and a tab that is looked at takes its place: it has been frozen. */
const SILENT_BEATS = 3;
/** For whoever joins later; the server sends no more than this either. */
const STATES_KEPT = 60;

export type LiveHooks = {
  onEvent: (event: LiveEvent) => void;
  /** Whether changes arrive by themselves; where they do not, the page has to ask. */
  onLive: (isLive: boolean) => void;
  onSessionOver: () => void;
};

/**
 * One tab's part in the live updates of a browser. However many tabs a user has open, one of them, the leader, holds the
 * stream and passes on what it says: over HTTP/1.1 a browser opens six connections to a server, and a tab with a stream
 * of its own takes one of them for as long as it is open. Names carry the user's id, so that tabs of different users
 * neither lead nor hear each other.
 * @returns a function with which the tab leaves
 */
export function joinLiveUpdates(userId: string, hooks: LiveHooks): () => void {
  if (!canElect()) return () => undefined;
  const name = `tintype-live-${PROTOCOL}-${userId}`;
  const channel = new BroadcastChannel(name);
  const say = (message: Message) => channel.postMessage(message);
  const states = new Map<string, LiveEvent>();
  let closeStream: (() => void) | undefined;
  let isOpen = false;
  let silentBeats = 0;

  const lead = () => {
    closeStream = openStream(userId, {
      onEvent: (event) => {
        keep(states, event);
        say({ type: "event", event });
        hooks.onEvent(event);
      },
      onConnection: (isOpenNow) => {
        isOpen = isOpenNow;
        say({ type: "leader", isOpen });
        hooks.onLive(isOpen);
      },
      onSessionOver: () => {
        say({ type: "session_over" });
        hooks.onSessionOver();
      },
    });
  };
  const follow = () => {
    closeStream?.();
    closeStream = undefined;
    isOpen = false;
    silentBeats = 0;
    hooks.onLive(false);
  };
  const candidate = standForLeader(name, {
    onElected: lead,
    onDeposed: follow,
    onImpossible: follow,
  });

  channel.onmessage = ({ data: message }: MessageEvent<Message>) => {
    if (message.type === "hello") {
      if (!closeStream) return;
      say({ type: "leader", isOpen });
      for (const event of states.values()) say({ type: "event", event });
    } else if (!closeStream) {
      silentBeats = 0;
      if (message.type === "leader") hooks.onLive(message.isOpen);
      if (message.type === "event") hooks.onEvent(message.event);
      if (message.type === "session_over") hooks.onSessionOver();
    }
  };
  say({ type: "hello" });

  // Counted in beats of this tab's own timer, which stands still while the computer sleeps.
  const timer = window.setInterval(() => {
    if (closeStream) return say({ type: "leader", isOpen });
    silentBeats += 1;
    if (silentBeats < SILENT_BEATS || document.hidden) return;
    silentBeats = 0;
    hooks.onLive(false);
    candidate.takeOver();
  }, BEAT_MS);

  return () => {
    window.clearInterval(timer);
    closeStream?.();
    closeStream = undefined;
    candidate.resign();
    channel.close();
  };
}

/** The newest state of everything, the latest last. */
function keep(states: Map<string, LiveEvent>, event: LiveEvent): void {
  const key = event.type === "job" ? event.job.id : event.type;
  states.delete(key);
  states.set(key, event);
  const [oldest] = states.keys();
  if (states.size > STATES_KEPT && oldest !== undefined) states.delete(oldest);
}
