import type { App } from "../../lib/app/app.svelte";
import { asFailure, noKeychain } from "../../lib/backend/failure";
import type { BackendKind, Failure, NewProfile } from "../../lib/backend/types";
import { saidOfField } from "../../lib/text/said";

type FieldName = "name" | "url" | "token" | "tenantId" | "projectId";

/** A workspace that is being written down. */
export class Draft {
  backend = $state<BackendKind>("production");
  name = $state("");
  url = $state("");
  token = $state("");
  tenantId = $state("");
  projectId = $state("");

  busy = $state(false);
  /** The token was good but there is no keychain: the person chooses. */
  homeless = $state(false);
  wrong = $state<Partial<Record<FieldName, string>>>({});
  failure = $state.raw<Failure | null>(null);

  readonly #app: App;
  #suggested = "";

  constructor(app: App, backend: BackendKind) {
    this.#app = app;
    this.choose(backend);
  }

  /** Another kind; the name follows as long as the person has not written their own. */
  choose(backend: BackendKind): void {
    this.backend = backend;
    this.wrong = {};
    this.failure = null;
    if (this.name === this.#suggested) {
      this.#suggested = backend === "custom" ? "" : this.#app.t.backends[backend];
      this.name = this.#suggested;
    }
  }

  #look(): boolean {
    const t = this.#app.t.form;
    const wrong: Partial<Record<FieldName, string>> = {};
    if (!this.name.trim()) wrong.name = t.needName;
    if (this.backend === "custom" && !/^https?:\/\/\S+$/.test(this.url.trim())) wrong.url = t.needUrl;
    if (this.backend !== "sandbox" && !this.token.trim()) wrong.token = t.needToken;
    this.wrong = wrong;
    return Object.keys(wrong).length === 0;
  }

  /** Checks, stores and switches on; true if the workspace is there. */
  async add(keep: NewProfile["keep"] = "keychain"): Promise<boolean> {
    if (this.busy || !this.#look()) return false;
    this.busy = true;
    this.failure = null;
    try {
      await this.#app.backend.addProfile(this.#profile(keep));
      this.token = "";
      return true;
    } catch (thrown) {
      this.#refused(asFailure(thrown));
      return false;
    } finally {
      this.busy = false;
    }
  }

  #profile(keep: NewProfile["keep"]): NewProfile {
    const given = (text: string) => text.trim() || null;
    return {
      name: this.name.trim(),
      backend: this.backend,
      url: this.backend === "custom" ? given(this.url) : null,
      tenantId: given(this.tenantId),
      projectId: given(this.projectId),
      token: this.backend === "sandbox" ? null : given(this.token),
      keep,
    };
  }

  #refused(failure: Failure): void {
    this.homeless = noKeychain(failure);
    if (this.homeless) return;
    const field = failure.field as FieldName | null;
    if (field && ["name", "url", "token", "tenantId", "projectId"].includes(field)) this.wrong = { [field]: saidOfField(this.#app.t, failure) };
    else this.failure = failure;
  }
}
