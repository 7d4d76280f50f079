import type { App } from "../../lib/app/app.svelte";
import type { Notifications } from "../../lib/backend/types";

/** The settings of notifications: what is being written counts as changed at once, so that the next change builds on it. */
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
    this.#wanted = { ...this.now, ...part };
    const write = ++this.#writes;
    await this.#app.act(() => this.#app.backend.updateSettings({ notifications: part }));
    if (write === this.#writes) this.#wanted = null;
  }
}
