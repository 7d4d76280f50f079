import type { App } from "../../lib/app/app.svelte";
import type { Notifications } from "../../lib/backend/types";

/** The settings of notifications go whole: one that is changed before the last was written keeps that one. */
export class NotificationSettings {
  #wanted = $state.raw<Notifications | null>(null);
  #writes = 0;
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  get now(): Notifications | null {
    return this.#wanted ?? this.#app.snapshot?.settings.notifications ?? null;
  }

  async change(part: Partial<Notifications>): Promise<void> {
    if (!this.now) return;
    const wanted = { ...this.now, ...part };
    this.#wanted = wanted;
    const write = ++this.#writes;
    await this.#app.act(() => this.#app.backend.updateSettings({ notifications: wanted }));
    if (write === this.#writes) this.#wanted = null;
  }
}
