import type { Profile, Snapshot } from "../backend/types";

/** The six shapes of a state. */
export type State = "serving" | "running" | "waiting" | "failed" | "paused" | "off";

/** What the one line says that is never wrong. */
export type Standing = { shape: State; word: "serving" | "starting" | "checking" | "waiting" | "attention" | "failed" | "paused" };

export function activeProfile(snapshot: Snapshot): Profile | null {
  return snapshot.profiles.find((profile) => profile.id === snapshot.activeProfile) ?? null;
}

/** Serving is only said when the server serves and the workspace behind it is known to answer. */
export function standing(snapshot: Snapshot): Standing {
  switch (snapshot.server.kind) {
    case "starting":
      return { shape: "running", word: "starting" };
    case "paused":
      return { shape: "paused", word: "paused" };
    case "portTaken":
    case "failed":
      return { shape: "failed", word: "failed" };
    case "serving": {
      const profile = activeProfile(snapshot);
      if (!profile) return { shape: "waiting", word: "waiting" };
      return behind(profile);
    }
  }
}

function behind(profile: Profile): Standing {
  const shape = profileShape(profile);
  if (shape === "waiting") return { shape, word: "waiting" };
  if (shape === "failed") return { shape, word: "attention" };
  return shape === "serving" ? { shape, word: "serving" } : { shape: "running", word: "checking" };
}

/** Whether a workspace has no token and needs one. */
export function bereft(profile: Profile): boolean {
  return profile.token.place === "none" && profile.token.trouble === null && profile.backend !== "sandbox";
}

/** A workspace's state: its token first, then what its last check said. */
export function profileShape(profile: Profile): State {
  const { trouble, place } = profile.token;
  if (trouble && !(trouble === "noService" && place === "memory")) {
    return trouble === "locked" || trouble === "slow" || trouble === "vanished" ? "waiting" : "failed";
  }
  if (bereft(profile)) return "failed";
  switch (profile.health.kind) {
    case "ok":
      return "serving";
    case "bad":
      return "failed";
    case "checking":
      return "running";
    case "unknown":
      return "off";
  }
}

/** How a call ended, as a shape: served, turned away by a switch, or failed. */
export function callShape(code: string): State {
  if (code === "ok") return "serving";
  return ["group_off", "risk_off", "cancelled", "declined", "not_answered", "answered_already"].includes(code) ? "off" : "failed";
}
