import { invoke, type InvokeArgs } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { Backend, MethodOf } from "./backend";
import type { CallView, Command, RunRow, Snapshot } from "./types";

/** Calls a command; what it answers is what its method promises. */
const call = <Name extends Command>(name: Name, given?: InvokeArgs) =>
  invoke(name, given) as ReturnType<Backend[MethodOf<Name>]>;

/** The real backend: the shell's commands and events. */
export function tauriBackend(): Backend {
  return {
    snapshot: () => call("snapshot"),
    onSnapshot: (heard) => listen<Snapshot>("snapshot", (event) => heard(event.payload)),
    onCall: (heard) => listen<CallView>("call", (event) => heard(event.payload)),
    onRuns: (heard) => listen<RunRow[]>("runs", (event) => heard(event.payload)),
    onGo: (heard) => listen<string>("go", (event) => heard(event.payload)),
    tools: () => call("tools"),
    ideEntries: () => call("ide_entries"),
    about: () => call("about"),

    setGroup: (group, on) => call("set_group", { group, on }),
    setRisk: (on) => call("set_risk", { on }),
    pause: (paused) => call("pause", { paused }),
    retryServer: () => call("retry_server"),

    addProfile: (profile) => call("add_profile", { profile }),
    renameProfile: (id, name) => call("rename_profile", { id, name }),
    removeProfile: (id) => call("remove_profile", { id }),
    switchProfile: (id) => call("switch_profile", { id }),
    checkProfile: (id) => call("check_profile", { id }),

    taskTokens: (task) => call("task_tokens", { task }),
    accountTokens: (id) => call("account_tokens", { id }),
    rotateToken: (id, own, scopes) => call("rotate_token", { id, own, scopes }),
    revokeToken: (id, own, atOnce) => call("revoke_token", { id, own, atOnce }),
    revokeOtherToken: (id, patId) => call("revoke_other_token", { id, patId }),
    replaceToken: (id, token, keep) => call("replace_token", { id, token, keep }),
    setCare: (id, care) => call("set_care", { id, care }),
    retryTask: (task) => call("retry_task", { task }),
    dismissTask: (task) => call("dismiss_task", { task }),
    identifyTask: (task, patId) => call("identify_task", { task, patId }),
    panic: () => call("panic"),

    activity: (query) => call("activity", { query }),
    clearActivity: () => call("clear_activity"),
    exportActivity: (query, format) => call("export_activity", { query, format }),

    runs: (query) => call("runs", { query }),
    workflows: () => call("workflows"),
    run: ({ workflowId, runId }) => call("run", { workflowId, runId }),
    commandRun: ({ workflowId, runId }, command) => call("command_run", { workflowId, runId, command }),
    startRun: (workflowId, input) => call("start_run", { workflowId, input }),
    followRun: ({ workflowId, runId }, on) => call("follow_run", { workflowId, runId, on }),
    seenFailures: (runs) => call("seen_failures", { runs: runs.map(({ workflowId, runId }) => ({ workflowId, runId })) }),
    approvals: () => call("approvals"),
    answerTask: ({ workflowId, runId, taskId }, approved, result) =>
      call("answer_task", { workflowId, runId, taskId, approved, result }),
    answerQuestion: (id, allow) => call("answer_question", { id, allow }),
    insights: (window) => call("insights", { window }),
    doNotDisturb: (quiet) => call("do_not_disturb", { quiet }),

    updateSettings: (change) => call("update_settings", { change }),
    copyText: (text) => call("copy_text", { text }),
    openLink: (url) => call("open_link", { url }),
    quit: () => call("quit"),
  };
}
