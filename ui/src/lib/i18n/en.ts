// Every text of the window, in English. Other languages are typed against this one: a missing key does not compile.
// Notes for translators stand above what is not plain. The app speaks of itself as "I" only where it promises to act.

import { run } from "./en-run";
import { approvals } from "./en-approvals";
import { failing } from "./en-failing";
import { insights } from "./en-insights";
import { notifications } from "./en-notifications";
import { runs } from "./en-runs";
import { tokens } from "./en-tokens";

const number = new Intl.NumberFormat("en");
const many = (n: number, one: string, other: string) => `${number.format(n)} ${n === 1 ? one : other}`;

export const en = {
  common: {
    copy: "Copy",
    copied: "Copied",
    cancel: "Cancel",
    close: "Close",
    dismiss: "Dismiss",
    retry: "Try again",
    details: "Details",
    save: "Save",
    skip: "Skip to content",
    // Spoken by screen readers while a view is on its way.
    loading: "Loading",
    /** {what}: "the address", "the entry for Cursor". Names a copy button for screen readers. */
    copyWhat: (what: string) => `Copy ${what}`,
    problemCode: (code: string) => `Code: ${code}`,
  },

  places: {
    navigation: "Places",
    home: "Home",
    runs: "Runs",
    approvals: "Approvals",
    tools: "Tools",
    activity: "Activity",
    workspaces: "Workspaces",
    settings: "Settings",
  },

  keys: {
    title: "Keys",
    places: "Go to the first to seventh place",
    search: "Search",
    arrows: "Move in a list",
    open: "Open what is chosen",
    escape: "Close",
    help: "Show this",
  },

  // The six states. Each stands beside its shape: one or two words.
  states: {
    serving: "Serving",
    starting: "Starting",
    checking: "Checking",
    waiting: "Waiting for you",
    attention: "Needs attention",
    failed: "Not serving",
    paused: "Paused",
  },

  home: {
    /** {who}: name of the workspace. */
    asWorkspace: (who: string) => `as ${who}`,
    since: "since",
    startingText: "The server is on its way up.",
    checkingText: "I am checking that the token works.",
    pausedText: "Your IDEs get no answer until you resume. Nothing is lost.",
    pause: "Pause serving",
    resume: "Resume",
    address: "Address",
    addressHint: "Holds no token. Any program on this computer can use it.",
    theAddress: "the address",

    portTitle: (port: number) => `Port ${port} is taken`,
    portBy: (by: string) => `It looks to be held by ${by}.`,
    portByUnknown: "Another program holds it.",
    portRetryText: "Close that program and try again, or serve on another port. IDEs that point at the old address must then be pointed at the new one.",
    portMove: (port: number) => `Serve on port ${port}`,
    quit: "Quit",
    failedTitle: "The server does not run",
    failedSafe: "Your workspaces and settings are safe.",

    tokenBad: "The last check of this workspace failed",
    checkAgain: "Check again",
    openWorkspaces: "Open workspaces",
    /** The sandbox's workflows, runs and secrets, which began anew beside it. {path}: where they lie. */
    sandboxSetAside: (path: string) => `The sandbox's files could not be opened, so they were set aside and a new sandbox began. The old files: ${path}`,
    setAside: (path: string) => `Your settings could not be read, so they were set aside and I began afresh. The old file: ${path}`,

    clients: "Connected",
    clientsEmpty: "No client is connected yet",
    clientsEmptyText: "Point an IDE at the address; it appears here as soon as it says hello.",
    connectOne: "Connect an IDE",
    clientNone: "no calls yet",
    clientCalls: (n: number) => many(n, "call", "calls"),
    connectedSince: "Connected since",
    lastCall: "Last call",
    // Which version of the MCP protocol a client speaks; versions are dates.
    era: (version: string) => `MCP ${version}`,
    eraHint: "The version of MCP that it speaks",
    clientsAll: (n: number) => `Show all ${number.format(n)}`,

    // A button beside what failed: leads to the run, or the runs.
    seeWhy: "See why",

    hour: "Last hour",
    hourQuiet: "No calls in the last hour.",
    hourText: (calls: number, clients: number) =>
      `${many(calls, "call", "calls")} from ${many(clients, "client", "clients")}`,
    hourFailed: (n: number) => `${number.format(n)} failed`,
    hourOpen: "See activity",

    connect: "Connect an IDE",
    connectText: "Each entry holds the address and no token. Start a new session in the IDE afterwards.",
    connectError: "The entries could not be made",
    // Where an entry goes: {file} is a path.
    goesTo: (file: string) => `Add to ${file}`,
    goesToTerminal: "Run in a terminal",
    goesToSettings: "Paste in its MCP settings",
    openIn: (ide: string) => `Open in ${ide}`,
    theEntry: (ide: string) => `the entry for ${ide}`,
    thePath: (ide: string) => `the path for ${ide}`,
  },

  firstRun: {
    title: "Your IDE, your workflows, no token in between",
    text: "AgentRuntime serves your workflows to every IDE on this computer. Choose how to begin.",
    token: "Paste a token",
    tokenText: "You have an account. The token goes into this computer's keychain and stays there.",
    sandbox: "Try the sandbox",
    sandboxText: "No account. Workflows that really run, on this computer only. Ready in seconds.",
    sandboxBusy: "Preparing the sandbox",
    look: "See what this is",
    lookText: "One minute of reading, then decide.",
    back: "Back",

    lookTitle: "What this is",
    // Said of the picture, for who does not see it; then the words in it. The first two name places, the last two what goes there.
    picture: "Your IDE knows an address of this app. This app holds the token and asks AgentRuntime with it.",
    pictureIde: "Your IDE",
    pictureApp: "This app",
    pictureAddress: "address",
    pictureToken: "token",
    lookOne: "A door for your IDE",
    lookOneText: "IDEs speak MCP. They ask this app at an address on this computer; the app asks AgentRuntime.",
    lookTwo: "A safe for your token",
    lookTwoText: "The token stays in the keychain. An IDE's configuration holds an address and nothing else.",
    lookThree: "A switch for each ability",
    lookThreeText: "You choose which tools there are. Those that show secrets are off until you say so. Every call is written down, here only.",
    steps: "Three steps",
    stepOne: "Choose a workspace: your account, or the sandbox.",
    stepTwo: "Copy the entry for your IDE.",
    stepThree: "Ask your IDE which workflows there are.",

    sandboxName: "Sandbox",
  },

  // The form in which a workspace is added.
  form: {
    title: "Add a workspace",
    tokenTitle: "Paste a token",
    tokenLead: "I check it, put it into the keychain and read it back.",
    kind: "Where is it?",
    name: "Name",
    nameHint: "As you want to see it here",
    url: "Address",
    token: "Access token",
    tokenHint: "Starts with pat_. Make one in the Console under Access tokens.",
    tokenNone: "The sandbox makes its own.",
    more: "Tenant and project",
    tenant: "Tenant id",
    project: "Project id",
    optional: "Optional",
    add: "Add workspace",
    adding: "Checking the token",
    needName: "Give it a name.",
    needToken: "Paste the token.",
    needUrl: "Give an address that begins with https://",
    memory: "Keep in memory for this session",
    memoryText: "There is no keychain that I can use, and I write tokens nowhere else. I can keep it in memory until the app quits; then you paste it again.",
    memoryTitle: "No keychain here",
    quit: "Quit",
    notSaved: "Nothing was saved.",
    // What would fit in a field that was refused.
    wrong: {
      name: "Give a name of up to 60 characters.",
      url: "Give an address that begins with https://, such as https://api.agentruntime.io",
      token: "This is no access token. Copy it whole; it starts with pat_.",
      tenantId: "This is no id. Copy it again from the Console.",
      projectId: "This is no id. Copy it again from the Console.",
    } as Record<string, string>,
  },

  backends: {
    production: "Production",
    development: "Development",
    custom: "Custom",
    sandbox: "Sandbox",
  },

  // Why a token cannot be had. Present tense, with what to do.
  troubles: {
    noService: "There is no keychain on this computer that I can use. The token is kept in memory only.",
    locked: "The keychain is locked. Unlock it and I will go on.",
    denied: "The keychain refused. Allow AgentRuntime to read its entry, then check again.",
    vanished: "The keychain was restarted. I am asking it again.",
    missing: "The token is no longer in the keychain. Paste it again.",
    tooLarge: "The token is too large for this keychain.",
    slow: "The keychain takes long to answer. It may be asking you for its password.",
  },

  tools: {
    title: "Tools",
    text: (groups: number, all: number, tools: number, tokens: number) =>
      `${groups} of ${all} groups on: ${many(tools, "tool", "tools")}, about ${number.format(tokens)} tokens of a model's context.`,
    noneOn: "No group is on: connected clients see no tools.",
    search: "Search tools",
    searchHint: "Search tools, press / to begin",
    found: (n: number) => many(n, "tool", "tools"),
    none: (query: string) => `No tool matches “${query}”`,
    noneText: "Search looks at names, descriptions and routes.",
    clear: "Clear search",
    error: "The tools could not be listed",
    errorText: "What is on stays on.",
    sensitive: "These touch secrets",
    sensitiveText: "A group here lists names only. With the risk switch on, its marked tools also show or change the secrets themselves, and what they show goes into the model's context.",
    riskSwitch: "Allow tools that show or change secrets",
    riskOn: (n: number) => `On: ${many(n, "such tool is", "such tools are")} open to every connected client.`,
    riskOff: "Off: such tools are neither listed nor callable.",
    count: (n: number) => many(n, "tool", "tools"),
    // Beside the count of tools: how many of them need the risk switch.
    countRisk: (n: number) => `${number.format(n)} need the risk switch`,
    cost: (n: number) => `${number.format(n)} tokens`,
    costHint: "What its tools cost a model's context",
    groupSwitch: (group: string) => `${group} group`,
    risk: "risk",
    riskHint: "Needs the risk switch",
    reads: "Reads",
    changes: "Changes",
    calls: "Calls",
    needs: "Needs",
    arguments: "Arguments",
    noArguments: "None",
    // Beside an argument that a call cannot leave out.
    required: "required",
    schema: "Schema",
    // A kind of JSON value that has no one name.
    any: "any",

    onTitle: (group: string) => `Turn on ${group}?`,
    onText: "Clients that are connected get these tools at once:",
    onRiskNow: "The risk switch is on, so these can show or change secrets from the first call:",
    onAct: (group: string) => `Turn on ${group}`,
    riskTitle: "Allow secrets to be shown?",
    riskText: "What these tools answer is read by the model and may be kept by its provider. In the groups that are on:",
    riskNoneOn: "No group with such tools is on yet. Turn one on and its tools are open at once.",
    riskAct: "Allow risk tools",
  },

  // The tray calls them by the same names.
  groups: {
    core: { name: "Workflows and runs", text: "Build, start and watch workflows; answer approvals; see figures and health." },
    catalog: { name: "Connector catalogue", text: "Reach connector servers and instances through one general tool." },
    memory: { name: "Memory", text: "Search long-term memory, read episodes, propose and confirm what to remember." },
    chat: { name: "Chat", text: "Read conversations and send messages in your name." },
    files: { name: "Files", text: "List work files with their size, type and date. Not what is in them." },
    websocket: { name: "Live streams", text: "Watch a workflow's events as they happen, for a bounded time." },
    vault: { name: "Vault", text: "See names of secrets. With risk: read, write and delete their values." },
    pat: { name: "Access tokens", text: "See and revoke tokens. With risk: create one, and show its text." },
    inbound: { name: "Inbound webhooks", text: "See and delete inbound webhooks. With risk: create one, and show its signing secret." },
    llm_keys: { name: "LLM keys", text: "See models and the last four of keys. With risk: add, change, delete and show keys." },
  } as Record<string, { name: string; text: string }>,

  activity: {
    title: "Activity",
    text: "Tool calls of the last 30 days, kept on this computer only.",
    search: "Search calls",
    searchHint: "Tool, client or target",
    failedOnly: "Failed only",
    // A filter that is not set.
    allClients: "All clients",
    allTools: "All tools",
    // Heads the tools that were called and are in no group any more.
    otherTools: "Other",
    /** {what}: "Client" or "Tool"; {value}: "cursor", "All clients". Names a filter for screen readers. */
    filter: (what: string, value: string) => `${what}: ${value}`,
    total: (n: number) => many(n, "call", "calls"),
    list: "Tool calls, newest first",
    export: "Export",
    exportCsv: "As CSV",
    exportJson: "As JSON",
    exported: (path: string) => `Written to ${path}`,
    clear: "Clear",
    clearTitle: "Delete the record of calls?",
    clearText: (n: number) =>
      `${many(n, "recorded call is", "recorded calls are")} deleted from this computer. Workflows, runs and tokens stay as they are. A record once deleted cannot be brought back; export it first if you need it.`,
    clearAct: "Delete record",
    empty: "No calls yet",
    emptyText: "As soon as a connected client calls a tool, it shows here.",
    emptyAct: "Connect an IDE",
    none: "No call matches",
    noneText: "Loosen the search or drop a filter.",
    noneAct: "Drop all filters",
    error: "The record could not be read",
    errorText: "Calls go on being served.",
    time: "Time",
    client: "Client",
    tool: "Tool",
    target: "Target",
    outcome: "Outcome",
    duration: "Duration",
    arguments: "Arguments",
    noArguments: "None",
    argumentsHint: "Names only: values are never kept.",
    group: "Group",
    onlyThisClient: "Only this client",
    onlyThisTool: "Only this tool",
    theTarget: "the target",
    toTop: "Newest",
  },

  // How a call ended, by its code. A code that is not here is shown as it is.
  outcomes: {
    ok: "ok",
    group_off: "group is off",
    risk_off: "risk is off",
    scope_missing: "scope is missing",
    own_token: "is its own token",
    declined: "you did not allow it",
    not_answered: "you were asked",
    answered_already: "answered meanwhile",
    bad_arguments: "arguments do not fit",
    outside_catalog: "not a catalog route",
    undeclared_request: "not declared",
    sandbox_unavailable: "sandbox away",
    internal: "a fault of mine",
    no_token: "no token",
    timeout: "took too long",
    cancelled: "cancelled",
    no_such_path: "no such path",
    unauthorized: "token refused",
    forbidden: "not allowed",
    not_found: "not found",
    conflict: "conflict",
    validation_failed: "not valid",
    rate_limited: "too many requests",
    upstream_unavailable: "platform is down",
    unreachable: "platform out of reach",
    bad_request: "refused",
    response_too_large: "answer too large",
    insecure_transport: "not protected",
    redirect_refused: "led elsewhere",
    invalid_argument: "cannot be sent",
    invalid_response: "answer unreadable",
  } as Record<string, string>,

  // What went wrong, by its code: what happened and what to do. A code that is not here is told in the app's own words.
  // "Details" folds out below each of these, and holds those words.
  failures: {
    // On the way to the platform.
    bad_request: "The platform does not take this request. Its own words are in the details.",
    unauthorized: "The platform refuses this token: it is missing, wrong or revoked. Use a working one.",
    forbidden: "This token may not do that: its scopes or your role are too small. Use one that may.",
    not_found: "The platform knows no such thing. It may have been deleted, or the address is another one's.",
    conflict: "This conflicts with what is there by now. Look again, then decide.",
    validation_failed: "The platform found something that does not fit. Its own words are in the details.",
    rate_limited: "The platform asks for a pause after too many requests. Try again in a minute.",
    upstream_unavailable: "The platform has trouble of its own just now. Try again later.",
    unreachable: "The platform cannot be reached. Check the network and the address, then try again.",
    timeout: "The platform took too long to answer. If something was being changed, see whether it was, then try again.",
    response_too_large: "The answer is larger than I can take.",
    cancelled: "This was called off before it was done.",
    insecure_transport: "The address is not protected, so the token was not sent. Use one that begins with https://.",
    redirect_refused: "The address leads elsewhere. I did not follow, so that the token stays where it belongs. Check the address.",
    invalid_argument: "Something here cannot be sent as it is. The details say what.",
    invalid_response: "The answer could not be read. Check that the address is AgentRuntime's.",

    // A tool call that the app itself turned away.
    group_off: "The tool's group is off, so nothing was sent. Turn it on under Tools.",
    risk_off: "The tool shows or changes secrets, and such tools are off. Nothing was sent.",
    bad_arguments: "The arguments do not fit what the tool takes. Nothing was sent.",
    scope_missing: "The workspace's token lacks a scope that the tool needs. Nothing was sent.",
    declined: "You were asked whether an agent may answer this approval, and did not allow it. Nothing was sent.",
    not_answered: "You were asked whether an agent may answer this approval, and it did not wait for your answer. Nothing was sent.",
    answered_already: "While you were asked whether an agent may answer this approval, it was answered. Nothing was sent.",
    own_token: "The token to be revoked is the one in use, so nothing was revoked.",
    outside_catalog: "The general tool was asked for something outside the connector catalogue. Nothing was sent.",
    undeclared_request: "The tool was about to send what it does not declare, so nothing was sent. Please report it.",
    internal: "I met a fault of my own in this call; other calls go on. If it was a change, look first whether it was made. Please report it with what the log says.",
    no_such_path: "The part of the answer that was asked for is not there.",

    // The keychain.
    keychain_no_service: "There is no keychain on this computer that I can use.",
    keychain_locked: "The keychain is locked. Unlock it, then try again.",
    keychain_denied: "The keychain refused. Allow AgentRuntime to use it, then try again.",
    keychain_vanished: "The keychain went away in the middle. Try again.",
    keychain_missing: "The token is no longer in the keychain. Replace it under Workspaces.",
    keychain_too_large: "The token is too large for this keychain.",
    keychain_slow: "The keychain takes long to answer. It may be asking you for its password. Look for its window, then try again.",
    keychain_mismatch: "The keychain gave back something else than it was given, so the token is not in it. Try again.",
    keychain_failed: "The keychain could not do it. What it held before is still there.",

    // A token's change for a newer one.
    token_busy: "This token is being changed already. Wait until that has ended, then try again.",
    token_unclear: "I cannot tell which of the account's tokens is the one in use. Choose it from the list.",
    token_not_in_keychain: "This token is not in the keychain, and its successor would be lost. Paste it again and keep it in the keychain.",
    rotation_unfinished: "The change of this token is not finished. The token in use still works, and I go on with the rest by myself.",
    token_stalled: "The app ended twice in a row while it was at this, so it is not tried again by itself. Try it again.",
    token_in_use: "Calls under way still go with the old token. It is revoked when they have ended.",
    token_shared: "Another workspace here uses the same token, and it would stop working there. Give that workspace a token of its own first.",
    token_still_works: "The platform has revoked this token and still takes it. Look at the account's tokens in the Console.",
    nothing_left: "There is nothing left to do here: it has ended already.",

    // Runs and approvals.
    no_workspace: "No workspace is in use, so there are no runs to be seen. Choose one.",
    question_gone: "The agent waits no more. Nothing was sent.",

    // Workspaces and settings.
    invalid_profile: "Something about this workspace does not fit. The details say what.",
    unknown_profile: "This workspace is no longer there.",
    no_token: "This workspace has no token just now. Paste one under Workspaces.",
    invalid_url: "This address cannot be read.",
    settings_invalid: "This setting does not fit, so nothing was changed.",
    settings_unreadable: "The settings cannot be read. Check who owns their folder.",
    settings_unwritable: "The settings cannot be written, so nothing was changed. Check their folder and the free space.",
    no_autostart: "Starting at login cannot be set on this computer.",
    no_folder: "There is no folder to keep settings in. Check your home folder and its rights.",
    unknown_group: "There is no such group of tools.",

    // The app itself.
    cannot_listen: "This port cannot be used. Choose another one in the settings.",
    server_failed: "The server ended by itself. Try again.",
    sandbox_unavailable: "The sandbox does not run. It is started again by itself; the details say why.",
    activity_log: "The record of calls cannot be reached. Check the disk and its free space.",
    not_exported: "The file could not be written. Choose another place, or check the free space.",
    not_copied: "The clipboard does not answer, so nothing was copied. Try again.",
    link_not_allowed: "This is no link that I open.",
    not_opened: "Nothing on this computer opens this link. The IDE may not be installed.",
  } as Record<string, string>,

  workspaces: {
    title: "Workspaces",
    text: "Whose workflows your IDEs see. Switching takes effect with the next call.",
    add: "Add workspace",
    menu: "Switch workspace",
    manage: "Manage workspaces",
    inUse: "In use",
    use: "Use",
    check: "Check now",
    rename: "Rename",
    remove: "Remove",
    actions: (name: string) => `More for ${name}`,
    useNamed: (name: string) => `Use ${name}`,
    token: "Token",
    tokenNone: "No token needed",
    // {four}: the last four characters of a token.
    lastFour: (four: string) => `ends in ${four}`,
    inKeychain: "in the keychain",
    inMemory: "in memory until the app quits",
    made: "made",
    added: "added",
    scopes: "Scopes",
    tenant: "Tenant",
    project: "Project",
    healthUnknown: "Not checked yet",
    healthChecking: "Checking",
    healthOk: "Works",
    healthBad: "Does not work",
    checked: "checked",
    latency: (ms: number) => `${number.format(ms)} ms`,
    renameTitle: "Rename workspace",
    renameAct: "Rename",
    removeTitle: (name: string) => `Remove ${name}?`,
    removeWhat: "This is removed from this computer:",
    removeProfile: (name: string) => `The workspace ${name} with its address`,
    removeToken: (label: string) => `The token ${label} from the keychain`,
    removeMemory: (label: string) => `The token ${label} from memory`,
    removeSandbox: "The workspace. Its workflows and runs stay in the sandbox's folder.",
    removeActive: "It is in use: IDEs get an error until you choose another workspace.",
    removeStays: "The token itself stays valid. Revoke it first if nobody should use it.",
    removeAct: (name: string) => `Remove ${name}`,
  },

  tokens,

  runs,

  approvals,
  failing,

  insights,

  notifications,

  run,

  settings: {
    title: "Settings",
    address: "Address",
    port: "Port",
    portText: "Only programs on this computer can reach it. After a change, IDEs must be pointed at the new address.",
    portApply: "Change port",
    portBad: (least: number, most: number) => `A port is a whole number from ${least} to ${most}.`,
    login: "Start at login",
    loginText: "AgentRuntime waits in the tray; no window opens.",
    loginNot: "Possible once the app is installed from its package.",
    look: "Appearance",
    theme: "Theme",
    themes: { system: "System", light: "Light", dark: "Dark" },
    language: "Language",
    // Languages are named in themselves; only the first is translated.
    languages: { system: "System", en: "English", de: "Deutsch" },
    running: "Running",
    log: "Log",
    logText: "How much is written down. No level writes tokens or secrets.",
    levels: { error: "Errors", warn: "Warnings", info: "Normal", debug: "Everything" },
    places: "Where things are kept",
    config: "Settings",
    state: "Sandbox and activity",
    logFile: "Log",
    keychain: "Tokens",
    about: "About",
    version: "Version",
    aboutText: "Platform MCP in your tray. Apache 2.0 or MIT.",
    error: "The details could not be read",
    errorText: "The settings above work all the same.",
  },

  broken: {
    title: "The window cannot reach the app",
    text: "The server may still be serving your IDEs. Ask again; if that does not help, quit from the tray and start again.",
  },

  problem: {
    title: "That did not work",
    unknown: "The app gave no reason.",
  },
};

export type Catalogue = typeof en;
