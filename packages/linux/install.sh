#!/bin/sh
# Installs AgentRuntime Desktop from the folder this script lies in, or takes it away again. `./install.sh --help`

set -eu

say() { printf '%s\n' "$*"; }
stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

help() {
    cat <<'END'
Usage: ./install.sh [--prefix FOLDER]
       ./install.sh --uninstall [--prefix FOLDER] [--revoke] [--purge]

Installs AgentRuntime Desktop and Platform MCP for you alone, into ~/.local, or replaces what is there.

  --prefix FOLDER  another folder than ~/.local, such as /usr/local for everybody (as root)
  --uninstall      take the programs away; your settings, workspaces, sandbox and logs stay
  --revoke         revoke your workspaces' tokens first, which then work nowhere any more
  --purge          delete your settings, workspaces, sandbox and logs too
  --help           show this
END
}

app=agentruntime-desktop
server=agentruntime-platform-mcp

# What is installed: from where in this folder, to where below the prefix, and with which rights.
list() {
    cat <<END
bin/$app bin/$app 755
bin/$server bin/$server 755
END
    for icon in "$here"/icons/*.png; do
        size=$(basename "$icon" .png)
        say "icons/$size.png share/icons/hicolor/$size/apps/$app.png 644"
    done
    cat <<END
$app.desktop share/applications/$app.desktop 644
LICENSE-MIT share/doc/$app/LICENSE-MIT 644
LICENSE-APACHE share/doc/$app/LICENSE-APACHE 644
README.txt share/doc/$app/README.txt 644
install.sh lib/$app/install.sh 755
END
}

# What an installation consists of, below the prefix: its files, as `list` has them, and the folders made for them.
installed=lib/$app/installed
folders=lib/$app/folders

main() {
    # With a CDPATH, `cd` could go elsewhere, and would say where.
    here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P)
    prefix= uninstall= revoke= purge=
    while [ $# -gt 0 ]; do
        case $1 in
        --prefix)
            [ $# -gt 1 ] || stop "--prefix needs a folder after it."
            prefix=$2
            shift
            ;;
        --prefix=*) prefix=${1#--prefix=} ;;
        --uninstall) uninstall=yes ;;
        --revoke) revoke=yes ;;
        --purge) purge=yes ;;
        --help | -h)
            help
            exit
            ;;
        *) stop "I do not know $1. ./install.sh --help says what I know." ;;
        esac
        shift
    done
    if [ -z "$uninstall" ] && [ -n "$revoke$purge" ]; then
        stop "--revoke and --purge go with --uninstall."
    fi
    # The copy that was installed takes away what it was installed with.
    if [ -z "$prefix" ] && [ -f "$here/installed" ]; then
        prefix=${here%/lib/$app}
    fi
    if [ -z "$prefix" ]; then
        [ -n "${HOME:-}" ] || stop "There is no home folder; name a folder with --prefix."
        prefix=$HOME/.local
    fi
    case $prefix in
    /*) ;;
    *) prefix=$PWD/$prefix ;;
    esac
    prefix=${prefix%/}
    [ ! -d "$prefix" ] || prefix=$(cd -- "$prefix" && pwd -P)
    # Desktop entries and this script's list would have to escape these, and not every desktop understands that.
    case $prefix in
    *[\"\\\$\`%]* | *"
"*) stop "The folder $prefix has a letter in its name that menus cannot start a program by; choose another one." ;;
    esac
    if [ -n "$uninstall" ]; then
        remove
    else
        install
    fi
}

install() {
    [ ! -f "$here/installed" ] || stop "This copy only takes away what is installed: $0 --uninstall"
    whole
    fits
    version=$(cat "$here/VERSION")
    umask 022
    made=
    trap tidy EXIT
    trap 'exit 1' HUP INT TERM
    make_folder "lib/$app" || stop "I cannot write to $prefix. Nothing has been changed."
    # Everything beside its place first: a full disk is found before anything is replaced.
    list >"$prefix/$installed.new"
    while read -r from to mode; do
        make_folder "$(dirname "$to")"
        if [ "$from" = "$app.desktop" ]; then
            entry >"$prefix/$to.new"
        else
            cp "$here/$from" "$prefix/$to.new"
        fi
        chmod "$mode" "$prefix/$to.new"
    done <"$prefix/$installed.new"
    "$prefix/bin/$server.new" --version >/dev/null ||
        stop "The programs do not start on this computer, so I have changed nothing."

    before=
    [ ! -f "$prefix/$installed" ] || before=yes
    if runs "$prefix/bin/$app" >/dev/null; then running=yes; else running=; fi
    # Each file is the old one or the new one at every moment, also of a program that runs. From here it goes on to the end,
    # whatever is pressed: half of the old and half of the new is nothing that can be taken away again.
    trap '' HUP INT TERM
    while read -r _ to _; do
        mv -f "$prefix/$to.new" "$prefix/$to"
    done <"$prefix/$installed.new"
    # What an older one had and this one has not.
    if [ -n "$before" ]; then
        while read -r _ to _; do
            grep -q " $to " "$prefix/$installed.new" || rm -f "$prefix/$to"
        done <"$prefix/$installed"
    fi
    [ -z "$made" ] || say "$made" >>"$prefix/$folders"
    mv -f "$prefix/$installed.new" "$prefix/$installed"
    trap - EXIT HUP INT TERM
    refresh

    if [ -n "$before" ]; then
        say "AgentRuntime Desktop in $prefix is now version $version. Your settings and workspaces are as they were."
    else
        say "AgentRuntime Desktop $version is installed in $prefix."
    fi
    [ -z "$running" ] || say "It is running as it was before. Quit it in its icon's menu and start it again to have the new one."
    case :${PATH:-}: in
    *":$prefix/bin:"*) say "Start it in your desktop's menu, or with: $app" ;;
    *) say "Start it in your desktop's menu, or with: $prefix/bin/$app" ;;
    esac
    say "To take it away again: $prefix/lib/$app/install.sh --uninstall"
    libraries
}

# Whether this folder is all that was packed. BusyBox knows neither --check nor --status.
whole() {
    command -v sha256sum >/dev/null || return 0
    (cd "$here" && sha256sum -c SHA256SUMS >/dev/null 2>&1) ||
        stop "Files in $here are missing or not as they were packed. Unpack the archive anew. Nothing has been changed."
}

# Whether the programs are for a computer of this kind.
fits() {
    machine=$(uname -m)
    built=$(cat "$here/MACHINE")
    [ "$machine" = "$built" ] || stop "These programs are for $built, and this computer is $machine. Nothing has been changed."
}

# The entry for menus, with the program by its whole path: not every session has ~/.local/bin in its search path.
entry() {
    while IFS= read -r line; do
        case $line in
        Exec=*) say "Exec=\"$prefix/bin/$app\"" ;;
        TryExec=*) say "TryExec=$prefix/bin/$app" ;;
        *) say "$line" ;;
        esac
    done <"$here/$app.desktop"
}

# Makes a folder below the prefix, and notes those that were not there.
make_folder() {
    [ ! -d "$prefix/${1#.}" ] || return 0
    if [ "$1" = . ]; then
        mkdir -p "$prefix"
    else
        make_folder "$(dirname "$1")" && mkdir "$prefix/$1"
    fi || return
    made=${made:+$made
}$1
}

# What is beside its place when this ends early goes again.
tidy() {
    if [ -f "$prefix/$installed.new" ]; then
        while read -r _ to _; do
            rm -f "$prefix/$to.new"
        done <"$prefix/$installed.new"
        rm -f "$prefix/$installed.new"
    fi
    prune "$made"
}

# Icons that are looked up in an index; most desktops watch the folders by themselves. Menus have none: update-desktop-database
# is for the kinds of files that entries open, and ours opens none.
refresh() {
    [ ! -f "$prefix/share/icons/hicolor/index.theme" ] || ! command -v gtk-update-icon-cache >/dev/null ||
        gtk-update-icon-cache -q "$prefix/share/icons/hicolor" 2>/dev/null || :
}

# A program by the path that the system knows it by: its folder may be a link, as ~/.local/bin is for some.
resolved() {
    folder=$(CDPATH= cd -- "$(dirname -- "$1")" 2>/dev/null && pwd -P) || folder=$(dirname -- "$1")
    say "$folder/$(basename -- "$1")"
}

# The ids of the processes that run this program, without its workers for scripts: those end with the one that started them.
runs() {
    found=1
    program=$(resolved "$1")
    for process in /proc/[0-9]*; do
        case $(readlink "$process/exe" 2>/dev/null) in
        "$program" | "$program (deleted)")
            ! works "$process" || continue
            say "${process#/proc/}"
            found=0
            ;;
        esac
    done
    return $found
}

# Whether a process is a worker: by its argument, WORKER_ARGUMENT of crates/sandbox.
works() {
    tr '\000' '\n' 2>/dev/null <"$1/cmdline" | grep -qxF -e --script-worker
}

# Says which of the libraries that the window and the icon need are missing here, and what they are called.
libraries() {
    missing=
    for library in libwebkit2gtk-4.1.so.0 libayatana-appindicator3.so.1; do
        has "$library" || missing=yes
    done
    [ -n "$missing" ] || return 0
    say ""
    say "The window and the icon need two libraries that are not all here yet: WebKitGTK 4.1 and Ayatana AppIndicator."
    say "  Debian, Ubuntu:  sudo apt install libwebkit2gtk-4.1-0 libayatana-appindicator3-1"
    say "  Fedora:          sudo dnf install webkit2gtk4.1 libayatana-appindicator-gtk3"
    say "  Arch:            sudo pacman -S webkit2gtk-4.1 libayatana-appindicator"
    say "$server needs neither: it serves without a window."
}

has() {
    ! PATH=${PATH:-}:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -q "$1" || return 0
    for folder in /lib /lib64 /usr/lib /usr/lib64 /usr/lib/"$(uname -m)"-linux-gnu; do
        [ ! -e "$folder/$1" ] || return 0
    done
    return 1
}

remove() {
    [ -f "$prefix/$installed" ] || stop "AgentRuntime Desktop is not installed in $prefix, so there is nothing to take away."
    config=${XDG_CONFIG_HOME:-${HOME:-/}/.config}
    data=${XDG_DATA_HOME:-${HOME:-/}/.local/share}
    cache=${XDG_CACHE_HOME:-${HOME:-/}/.cache}
    # Only a person at a terminal is asked anything.
    if [ -z "$purge" ] && [ -t 0 ] && [ -t 1 ] && [ -d "$config/$app" ]; then
        printf 'Keep your settings, workspaces, sandbox and logs, so that the next installation finds them? [Y/n] '
        read -r answer
        case $answer in
        [nN]*) purge=yes ;;
        esac
    fi
    end "$prefix/bin/$app" "AgentRuntime Desktop"
    end "$prefix/bin/$server" "Platform MCP"
    [ -z "$revoke" ] || revoke_all
    if [ -n "$purge" ]; then
        # Without settings no entry of the keyring is named by a workspace: all of ours go.
        rm -f "$config/$app/settings.json"
        [ ! -d "$config/$app" ] || "$prefix/bin/$server" token settle --delete-orphans >/dev/null 2>&1 ||
            say "The keyring was not reached; if a token is still in it, your keyring's own program can delete it."
        rm -rf "$config/$app" "$data/$app" "$data/io.agentruntime.desktop" "$cache/io.agentruntime.desktop" "$cache/$app"
    fi
    # The entry the app makes to start at login, if it is for this very program; the app names itself as the system does.
    login=$config/autostart/$app.desktop
    if [ -f "$login" ] && grep -qxF "TryExec=$(resolved "$prefix/bin/$app")" "$login"; then
        rm -f "$login"
    fi
    while read -r _ to _; do
        rm -f "$prefix/$to"
    done <"$prefix/$installed"
    made=$(cat "$prefix/$folders" 2>/dev/null) || :
    rm -f "$prefix/$installed" "$prefix/$folders"
    prune "$made"
    refresh
    say "AgentRuntime Desktop is no longer in $prefix."
    if [ -n "$purge" ]; then
        say "Your settings, workspaces, sandbox and logs are deleted."
    else
        say "Your settings and workspaces are kept in $config/$app, the sandbox and the logs in $data/$app."
    fi
}

# Takes away those of these folders that are empty, the inner ones first.
prune() {
    say "$1" | LC_ALL=C sort -r | while read -r folder; do
        [ -z "$folder" ] || rmdir "$prefix/${folder#.}" 2>/dev/null || :
    done
}

# Asks a program to end and waits until it has; what it has begun with a token, it ends first. Nothing is killed.
end() {
    for process in $(runs "$1" || :); do
        say "$2 is running. I ask it to end and wait for what it has begun."
        kill -TERM "$process" 2>/dev/null || :
        patience=200
        # Without a program it has ended, also where whoever started it has not yet taken note.
        while readlink "/proc/$process/exe" >/dev/null 2>&1; do
            [ $patience -gt 0 ] || stop "$2 is still running. Quit it and try again. Nothing has been changed."
            patience=$((patience - 1))
            sleep 1
        done
    done
}

# Revokes the token of each workspace that has one; stops where one could not be, with all still here.
revoke_all() {
    workspaces=$("$prefix/bin/$server" token list --json) ||
        stop "The tokens could not be listed, so I have taken nothing away."
    # The workspaces come first, each with its id before the place of its token.
    tokens=$(say "$workspaces" | sed -n '/^  "left"/q; s/^      "\(id\|place\)": "\([^"]*\)".*/\1 \2/p' |
        while read -r key value; do
            [ "$key" = id ] && id=$value
            [ "$key" != place ] || [ "$value" = none ] || say "$id"
        done)
    for id in $tokens; do
        "$prefix/bin/$server" token revoke --profile "$id" ||
            stop "This token could not be revoked, so I have taken nothing away. Try again later, or leave --revoke out and revoke it in the Console."
    done
}

# In a function and called last: a script that was cut off does nothing.
main "$@"
