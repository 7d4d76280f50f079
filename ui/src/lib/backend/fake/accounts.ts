// What the platform knows of an account's tokens, and what becomes of them.
import type { Backend } from "../backend";
import type { Outcome, PatView, Profile, TaskView } from "../types";
import { ago, bereft, DAY, type Scenario } from "./scenarios";
import { task } from "./tasks";
import { refuse, wait, type World } from "./world";

type Part = Pick<
  Backend,
  | "accountTokens" | "taskTokens" | "rotateToken" | "revokeToken" | "revokeOtherToken" | "replaceToken"
  | "setCare" | "retryTask" | "dismissTask" | "identifyTask" | "panic"
>;

export class Accounts {
  readonly #world: Pick<World, "get" | "set">;
  readonly #scenario: Scenario;
  readonly #revoked = new Set<string>();
  #made = 0;

  constructor(scenario: Scenario, world: Pick<World, "get" | "set">) {
    this.#scenario = scenario;
    this.#world = world;
  }

  #profile(id: string): Profile | undefined {
    return this.#world.get()?.profiles.find((profile) => profile.id === id);
  }

  #change(id: string, change: (profile: Profile) => Profile): void {
    const profiles = this.#world.get()?.profiles ?? [];
    this.#world.set({ profiles: profiles.map((profile) => (profile.id === id ? change(profile) : profile)) });
  }

  #leave(left: TaskView): void {
    this.#world.set({ tasks: [...(this.#world.get()?.tasks ?? []), left] });
  }

  #drop(id: string): void {
    this.#world.set({ tasks: (this.#world.get()?.tasks ?? []).filter((known) => known.id !== id) });
  }

  #cutOff(): boolean {
    return ["cut-off", "error", "unfinished", "stopped"].includes(this.#scenario);
  }

  #unreachable(): Promise<never> {
    return refuse("unreachable", "the BFF at api.agentruntime.io cannot be reached (connection refused).");
  }

  #rows(profile: Profile): PatView[] {
    const { token } = profile;
    const told = (own: boolean) => (this.#scenario === "unclear" ? null : own);
    const all: PatView[] = [
      {
        id: token.id ?? "pat_01J9", displayName: token.displayName, scopes: token.scopes, createdAt: token.createdAt, lastUsedAt: ago(2),
        expiresAt: token.expiresAt, own: told(true),
      },
      { id: "pat_01GK", displayName: "CI pipeline", scopes: ["workflow:read", "workflow:run"], createdAt: ago(DAY * 210), lastUsedAt: ago(200), expiresAt: ago(-DAY * 155), own: told(false) },
      { id: "pat_01F7", displayName: "Old laptop", scopes: ["workflow:read"], createdAt: ago(DAY * 402), lastUsedAt: null, expiresAt: null, own: told(false) },
      { id: "pat_01E0", displayName: null, scopes: [], createdAt: ago(DAY * 12), lastUsedAt: ago(DAY * 3), expiresAt: ago(-DAY * 3), own: told(false) },
    ];
    return all.filter((row) => !this.#revoked.has(row.id));
  }

  async #rotate(id: string, own: string | null, scopes: string[] | null): Promise<Outcome> {
    await wait(400);
    if (this.#cutOff()) return this.#unreachable();
    if (this.#scenario === "unclear" && !own) return refuse("token_unclear", "it cannot be told which of the account's 4 tokens is the one in use.");
    if (this.#scenario === "tasks") return refuse("token_busy", "another change of this token is under way.");
    const four = `b${this.#made++}e1`;
    this.#change(id, (profile) => ({
      ...profile,
      token: { ...profile.token, id: `pat_new${four}`, lastFour: four, scopes: scopes ?? profile.token.scopes, createdAt: ago(0), addedAt: ago(0), expiresAt: null },
      health: { kind: "ok", at: ago(0), latencyMs: 66 },
    }));
    if (this.#scenario !== "old-token") return { left: null };
    this.#leave(task("revokeOld", { code: "token_in_use", nextTry: ago(-0.5) }));
    return { left: "token_in_use" };
  }

  async #revoke(id: string, own: string | null, atOnce: boolean): Promise<Outcome> {
    await wait(300);
    const profile = this.#profile(id);
    if (!profile || profile.token.place === "none") return refuse("no_token", "the workspace has no token.");
    if (this.#cutOff() && !atOnce) return this.#unreachable();
    if (this.#scenario === "unclear" && !own && !atOnce) return refuse("token_unclear", "it cannot be told which of the account's 4 tokens is the one in use.");
    this.#change(id, bereft);
    if (!this.#cutOff()) return { left: null };
    this.#leave(task("revokeAsked", {
      code: "unreachable", nextTry: ago(-0.5), since: ago(1.5), profile: id, profileName: profile.name, patId: profile.token.id, displayName: profile.token.displayName,
    }));
    return { left: "unreachable" };
  }

  shell(): Part {
    return {
      accountTokens: async (id) => {
        await wait(120);
        const profile = this.#profile(id);
        if (!profile || profile.token.place === "none") return refuse("no_token", "the workspace has no token.");
        if (this.#cutOff()) return this.#unreachable();
        if (profile.health.kind === "bad") return refuse(profile.health.code, profile.health.message);
        return this.#rows(profile);
      },
      taskTokens: async (id) => {
        await wait(120);
        const task = this.#world.get()?.tasks.find((other) => other.id === id);
        const profile = this.#profile(task?.profile ?? "");
        return profile ? this.#rows(profile) : refuse("nothing_left", "there is nothing left to do here: it has ended already");
      },
      rotateToken: (id, own, scopes) => this.#rotate(id, own, scopes),
      revokeToken: (id, own, atOnce) => this.#revoke(id, own, atOnce),
      revokeOtherToken: async (_, patId) => {
        await wait(200);
        if (this.#cutOff()) return this.#unreachable();
        this.#revoked.add(patId);
      },
      replaceToken: async (id, token, keep) => {
        await wait(300);
        if (!token.startsWith("pat_")) return refuse("invalid_profile", "token: has characters that no token has", "token");
        if (this.#scenario === "in-memory" && keep === "keychain") return refuse("keychain_no_service", "no keychain can be reached");
        this.#change(id, (profile) => ({
          ...profile,
          token: {
            place: keep, lastFour: token.slice(-4), id: "pat_new", displayName: "New token", scopes: ["workflow:read", "workflow:run"],
            createdAt: ago(3), addedAt: ago(0), expiresAt: null, trouble: null,
          },
          health: { kind: "ok", at: ago(0), latencyMs: 61 },
        }));
      },
      setCare: async (id, care) => this.#change(id, (profile) => ({ ...profile, care })),
      retryTask: async (id) => {
        const known = this.#world.get()?.tasks.find((other) => other.id === id);
        if (!known) return refuse("nothing_left", "there is nothing left to do here: it has ended already");
        await wait(250);
        if (known.kind === "rotation") return this.#drop(id);
        const tasks = this.#world.get()?.tasks ?? [];
        this.#world.set({ tasks: tasks.map((other) => (other.id === id ? { ...other, tries: other.tries + 1, nextTry: ago(-16) } : other)) });
      },
      dismissTask: async (id) => this.#drop(id),
      identifyTask: async (id) => (await wait(200), this.#drop(id)),
      panic: async () => {
        const snapshot = this.#world.get();
        const server = snapshot?.server;
        if (server?.kind === "serving") this.#world.set({ server: { kind: "paused", url: server.url } });
        this.#world.set({ risk: false });
        const active = this.#profile(snapshot?.activeProfile ?? "");
        if (!active || active.token.place === "none") return { workspace: null, left: null, notRevoked: null, riskLeft: null };
        const { left } = await this.#revoke(active.id, null, true);
        return { workspace: active.name, left, notRevoked: null, riskLeft: null };
      },
    };
  }
}
