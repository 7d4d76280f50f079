//! The desk as the page is shown it.

use std::collections::BTreeMap;

use agentruntime_platform_mcp::{
    activity::{Entry, Found, Query},
    catalogue::{self, Group, Routes},
};
use agentruntime_settings::Preference as _;
use jiff::{Timestamp, ToSpan as _};

use crate::Desk;
use crate::{
    api::{
        ActivityPage, ActivityQuery, CallView, ClientView, GroupView, HourView, Snapshot, ToolView,
        tokens::ShortfallView,
    },
    failure::Failed,
};

impl Desk {
    /// Everything that views show and that changes by itself.
    pub async fn snapshot(&self) -> Snapshot {
        let settings = self.settings.get();
        let switches = self.switches();
        let hour_ago = Timestamp::now().checked_sub(1.hour()).unwrap_or(Timestamp::MIN);
        let last_hour = self.activity.since(hour_ago).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the last hour is not known");
            Default::default()
        });
        let clients =
            self.workspaces.backing.platform().map(|platform| platform.clients.connected()).unwrap_or_default();
        let scopes = settings.active().and_then(|profile| profile.facts.as_ref()).map(|facts| &facts.scopes);
        let scopes = scopes.and_then(catalogue::Scopes::named);
        let mut short = catalogue::groups_short_of(scopes.as_ref());
        Snapshot {
            server: self.server.state(),
            profiles: settings.profiles.iter().map(|profile| self.workspaces.view_of(profile)).collect(),
            active_profile: settings.active_profile.map(|id| id.to_string()),
            groups: Group::ALL.into_iter().map(|group| group_view(group, switches, &mut short)).collect(),
            risk: settings.risk,
            scopes_needed: scopes_needed(switches),
            tasks: self.care.jobs(),
            clients: clients.into_iter().map(client_view).collect(),
            last_hour: HourView { calls: last_hour.calls, failed: last_hour.failed, clients: last_hour.clients },
            settings: settings.view(),
            failing: self.failing(),
            watch: self.runs.view(self.mouth.quiet_until()),
            settings_set_aside: self.set_aside.as_ref().map(|path| path.display().to_string()),
            sandbox_set_aside: self.workspaces.sandbox_set_aside().map(|path| path.display().to_string()),
        }
    }

    /// The calls that a query names.
    ///
    /// # Errors
    /// [`Failed`] when the log cannot be read.
    pub async fn calls(&self, asked: ActivityQuery) -> Result<ActivityPage, Failed> {
        let Found { calls, total, more } = self.activity.find(query(asked)).await?;
        Ok(ActivityPage { calls: calls.into_iter().map(call_view).collect(), total, more })
    }
}

/// Every tool as the catalogue declares it.
pub fn tools() -> Vec<ToolView> {
    let view = |entry: &'static catalogue::ToolEntry| {
        let spec = &entry.spec;
        ToolView {
            name: spec.name.to_owned(),
            title: spec.title.to_owned(),
            description: spec.description.to_owned(),
            group: spec.group.name().to_owned(),
            risk: spec.risk,
            read_only: spec.is_read_only(),
            scopes: spec.scopes.iter().map(|scope| scope.name().to_owned()).collect(),
            routes: match spec.routes {
                Routes::These(routes) => routes.iter().map(ToString::to_string).collect(),
                Routes::McpPassthrough => vec!["/v1/mcp/…".to_owned()],
            },
            schema: serde_json::Value::Object((*(entry.schema)()).clone()),
            tokens: count(catalogue::cost(entry)),
        }
    };
    catalogue::all().map(view).collect()
}

/// A call as it is shown.
pub fn call_view(entry: Entry) -> CallView {
    let Entry { id, call } = entry;
    CallView {
        id,
        at: call.at,
        client: call.client,
        tool: call.tool,
        group: call.group,
        target: call.target,
        arguments: call.arguments,
        code: call.code,
        duration_ms: call.duration_ms,
    }
}

/// The scopes that the switched-on tools need, and those without which a token could neither be rotated nor revoked from here.
fn scopes_needed(switches: catalogue::Switches) -> Vec<String> {
    let scopes = catalogue::scopes_needed(switches.with_group(Group::Pat, true)).into_iter();
    scopes.map(|scope| scope.name().to_owned()).collect()
}

fn query(asked: ActivityQuery) -> Query {
    let said = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    Query {
        text: said(asked.text),
        tool: said(asked.tool),
        client: said(asked.client),
        failed_only: asked.failed_only,
        before: asked.before,
        limit: asked.limit,
    }
}

fn group_view(
    group: Group,
    switches: catalogue::Switches,
    short: &mut BTreeMap<Group, catalogue::Shortfall>,
) -> GroupView {
    let of_group = || catalogue::all().filter(move |entry| entry.spec.group == group);
    let listed = of_group().filter(|entry| switches.risk() || !entry.spec.risk);
    GroupView {
        id: group.name().to_owned(),
        on: switches.is_on(group),
        sensitive: of_group().any(|entry| entry.spec.risk),
        tools: count(of_group().filter(|entry| !entry.spec.risk).count()),
        risk_tools: count(of_group().filter(|entry| entry.spec.risk).count()),
        tokens: count(listed.map(catalogue::cost).sum()),
        shortfall: short.remove(&group).map(|short| ShortfallView {
            missing: short.missing.iter().map(|scope| scope.name().to_owned()).collect(),
            tools: short.cut.iter().map(|spec| spec.name.to_owned()).collect(),
            whole: short.whole,
        }),
    }
}

fn client_view(client: agentruntime_platform_mcp::clients::Client) -> ClientView {
    ClientView {
        id: format!("{} {} {}", client.name, client.version, client.era),
        name: client.name,
        version: Some(client.version).filter(|version| !version.is_empty()),
        era: client.era,
        since: client.since,
        last_call: client.last_call,
        calls: client.calls,
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
