import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { Backend } from "./backend";
import type { CallView, RunRow, Snapshot } from "./types";

/** The real backend: the shell's commands and events. */
export function tauriBackend(): Backend {
  return {
    snapshot: () => invoke("snapshot"),
    onSnapshot: (heard) => listen<Snapshot>("snapshot", (event) => heard(event.payload)),
    onCall: (heard) => listen<CallView>("call", (event) => heard(event.payload)),
    onRuns: (heard) => listen<RunRow[]>("runs", (event) => heard(event.payload)),
    onGo: (heard) => listen<string>("go", (event) => heard(event.payload)),
    tools: () => invoke("tools"),
    ideEntries: () => invoke("ide_entries"),
    about: () => invoke("about"),

    setGroup: (group, on) => invoke("set_group", { group, on }),
    setRisk: (on) => invoke("set_risk", { on }),
    pause: (paused) => invoke("pause", { paused }),
    retryServer: () => invoke("retry_server"),

    addProfile: (profile) => invoke("add_profile", { profile }),
    renameProfile: (id, name) => invoke("rename_profile", { id, name }),
    removeProfile: (id) => invoke("remove_profile", { id }),
    switchProfile: (id) => invoke("switch_profile", { id }),
    checkProfile: (id) => invoke("check_profile", { id }),

    taskTokens: (task) => invoke("task_tokens", { task }),
    accountTokens: (id) => invoke("account_tokens", { id }),
    rotateToken: (id, own, scopes) => invoke("rotate_token", { id, own, scopes }),
    revokeToken: (id, own, atOnce) => invoke("revoke_token", { id, own, atOnce }),
    revokeOtherToken: (id, patId) => invoke("revoke_other_token", { id, patId }),
    replaceToken: (id, token, keep) => invoke("replace_token", { id, token, keep }),
    setCare: (id, care) => invoke("set_care", { id, care }),
    retryTask: (task) => invoke("retry_task", { task }),
    dismissTask: (task) => invoke("dismiss_task", { task }),
    identifyTask: (task, patId) => invoke("identify_task", { task, patId }),
    panic: () => invoke("panic"),

    activity: (query) => invoke("activity", { query }),
    clearActivity: () => invoke("clear_activity"),
    exportActivity: (query, format) => invoke("export_activity", { query, format }),

    runs: (query) => invoke("runs", { query }),
    workflows: () => invoke("workflows"),
    run: ({ workflowId, runId }) => invoke("run", { workflowId, runId }),
    commandRun: ({ workflowId, runId }, command) => invoke("command_run", { workflowId, runId, command }),
    startRun: (workflowId, input) => invoke("start_run", { workflowId, input }),
    followRun: ({ workflowId, runId }, on) => invoke("follow_run", { workflowId, runId, on }),
    seenFailures: (runs) => invoke("seen_failures", { runs: runs.map(({ workflowId, runId }) => ({ workflowId, runId })) }),
    approvals: () => invoke("approvals"),
    answerTask: ({ workflowId, runId, taskId }, approved, result) =>
      invoke("answer_task", { workflowId, runId, taskId, approved, result }),
    answerQuestion: (id, allow) => invoke("answer_question", { id, allow }),
    insights: (window) => invoke("insights", { window }),
    doNotDisturb: (quiet) => invoke("do_not_disturb", { quiet }),

    updateSettings: (change) => invoke("update_settings", { change }),
    copyText: (text) => invoke("copy_text", { text }),
    openLink: (url) => invoke("open_link", { url }),
    quit: () => invoke("quit"),
  };
}
