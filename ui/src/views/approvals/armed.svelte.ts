import { onMount } from "svelte";

import type { Inbox } from "./inbox.svelte";

/** A second press that was meant for what stood here before is not taken for an answer. */
const PAUSE = 500;

/** Whether the buttons of what is looked at take an answer yet. */
export function arming(inbox: Inbox): { readonly done: boolean } {
  let done = $state(false);
  onMount(() => {
    const timer = setTimeout(() => (done = true), inbox.said ? PAUSE : 0);
    return () => clearTimeout(timer);
  });
  return {
    get done() {
      return done;
    },
  };
}
