//! Each command once, and how it ends.

use std::process::Stdio;

use crate::{
    desk::at_a_desk,
    world::{DONE, LEFTOVER, World},
};

#[test]
fn a_token_is_added_listed_rotated_and_revoked() {
    at_a_desk("commands::a_token_is_added_listed_rotated_and_revoked", true, async |mut desk| {
        desk.start_keyring();
        let world = World::new(&desk, 1).await;
        let token = world.token("laptop").await;
        assert_eq!(
            world.run(&["list"]).await,
            (DONE, serde_json::json!({ "profiles": [], "left": [], "orphans": [] }))
        );
        let added = world.add("Work", &format!("{token}\n"));
        assert!(added.status.success(), "{added:?}");
        // A name is given once.
        assert_eq!(world.add("Work", &token).status.code(), Some(2));
        assert_eq!(world.add("Other", "pat_unknown").status.code(), Some(3));

        let own = world.live("laptop").await[0].id.clone();
        // Two tokens were used just now, that of the test and this one: which is which, a person must say.
        let (code, text) = world.complains(&["rotate"]).await;
        assert!(code != DONE && text.contains("--own") && text.contains(&own), "{code} {text}");
        let (code, rotated) = world.run(&["rotate", "--profile", "Work", "--own", &own]).await;
        assert_eq!((code, &rotated["left"]), (DONE, &serde_json::Value::Null));
        let live = world.live("laptop").await;
        assert_eq!((live.len(), live[0].id != own), (1, true));
        assert_eq!(rotated["profile"]["token"]["pat_id"], live[0].id.as_str());
        let (code, listed) = world.run(&["list", "--profile", "Work"]).await;
        assert_eq!((code, &listed["own"]), (DONE, &live[0].id.as_str().into()));
        // By its id now, and with fewer scopes.
        let (code, rotated) = world.run(&["rotate", "--scopes", "workflow:read,workflow:run"]).await;
        assert_eq!((code, rotated["profile"]["token"]["scopes"].as_array().unwrap().len()), (DONE, 2));

        // A pipe is no terminal, and no place for a token.
        let revealed = world.program().args(["token", "reveal"]).stdin(Stdio::null()).output().unwrap();
        assert_eq!((revealed.status.code(), revealed.stdout.len()), (Some(2), 0));
        assert_eq!(world.complains(&["rotate", "--profile", "Nobody"]).await.0, 2);

        world.token("phone").await;
        let phone = world.live("phone").await[0].id.clone();
        assert_eq!(world.run(&["revoke", "--other", &phone]).await.0, DONE);
        assert!(world.live("phone").await.is_empty());
        assert_eq!(world.run(&["revoke"]).await.0, DONE);
        assert!(world.live("laptop").await.is_empty());
        assert_eq!(world.complains(&["rotate"]).await.0, 4, "there is no token any more");
        assert_eq!(world.leaks(&desk), Vec::<std::path::PathBuf>::new());
    });
}

#[test]
fn each_way_to_fail_has_its_exit_code() {
    at_a_desk("commands::each_way_to_fail_has_its_exit_code", true, async |mut desk| {
        let world = World::new(&desk, 2).await;
        let token = world.token("laptop").await;
        assert_eq!(world.add("Work", &token).status.code(), Some(4), "there is no keyring");
        desk.start_keyring();
        assert!(world.add("Work", &token).status.success());
        let own = world.live("laptop").await[0].id.clone();
        world.proxy.plan().faults = 100;
        let (code, _) = world.run(&["rotate", "--own", &own]).await;
        assert!([3, 5].contains(&code), "{code}");
        let (code, said) = world.run(&["revoke", "--own", &own, "--at-once"]).await;
        assert_eq!((code, said["left"]["tries"].as_u64()), (LEFTOVER, Some(1)));
        let (code, said) = world.run(&["settle"]).await;
        assert_eq!((code, said["left"].as_array().unwrap().len()), (LEFTOVER, 1));
        world.proxy.heal();
        assert_eq!(world.run(&["settle"]).await.0, DONE);
        assert!(world.live("laptop").await.is_empty());
        desk.lock();
        let other = world.token("other").await;
        assert_eq!(world.add("Other", &other).status.code(), Some(4), "it is locked");
    });
}

#[test]
fn a_planted_token_is_found() {
    at_a_desk("commands::a_planted_token_is_found", true, async |mut desk| {
        desk.start_keyring();
        let world = World::new(&desk, 3).await;
        let token = world.token("laptop").await;
        assert!(world.add("Work", &token).status.success());
        assert_eq!(world.leaks(&desk), Vec::<std::path::PathBuf>::new());
        let file = desk.home.join("planted.log");
        std::fs::write(&file, format!("GET / Bearer {token}\n")).unwrap();
        assert_eq!(world.leaks(&desk), std::slice::from_ref(&file));
        std::fs::remove_file(&file).unwrap();
        let mut sleeping = std::process::Command::new("sleep").args(["60"]).env("PLANTED", &token).spawn().unwrap();
        // Its environment is there once it runs.
        let found = loop {
            let found = world.leaks(&desk);
            if !found.is_empty() {
                break found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        };
        assert_eq!(found, [std::path::PathBuf::from(format!("/proc/{}/environ", sleeping.id()))]);
        sleeping.kill().unwrap();
        sleeping.wait().unwrap();
    });
}
