; The installer for Windows: for one person, without an administrator's rights. Made by `cargo xtask bundle`, which defines
;   ROOT      the project's folder          PROGRAMS  the folder of the built programs
;   OUT       the installer to write        README    what a person may read, as a text of Windows
;   VERSION   as Cargo has it               NUMBERS   its numbers, four of them
;   ICON      the app's                     QUICK     (only to try it out) that it need not be small
;
; How it ends, for whoever starts it from a script (docs/RELEASING.md): 0 done, 1 a person stopped it, 2 it could not be done,
; 3 a program of ours is still running. In all cases but the first, nothing was changed.

Target amd64-unicode
!ifdef QUICK
  SetCompressor /FINAL zlib
!else
  SetCompressor /SOLID /FINAL lzma
!endif
; The same files make the same installer, whenever they were written.
SetDateSave off
ManifestDPIAware true
ManifestSupportedOS all
RequestExecutionLevel user
AllowSkipFiles off

!define NAME "AgentRuntime Desktop"
!define PUBLISHER "AgentRuntime"
; Of tauri.conf.json: what Windows knows the app by, in notifications, and below which the web view keeps what it keeps.
!define ID "io.agentruntime.desktop"
!define APP "agentruntime-desktop.exe"
!define SERVER "agentruntime-platform-mcp.exe"
; Of crates/serving: the folder of settings, sandbox, activity and logs, among those that stay on this computer.
!define DATA "agentruntime-desktop"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"
; Where the app's own switch looks (src-tauri/autostart): a value with the app's name, and what the Task Manager says of it.
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define APPROVED "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
!define WEBVIEW "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
!define WEBVIEW_PAGE "https://developer.microsoft.com/microsoft-edge/webview2/consumer/"

; Beside what is installed, while it is being replaced. No folder of somebody else's has such a name.
!define NEW "agentruntime-desktop.new"
!define OLD "agentruntime-desktop.old"

!define STILL_RUNS 3

Name "${NAME}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
AutoCloseWindow true
BrandingText "${NAME} ${VERSION}"

!include LogicLib.nsh
!include FileFunc.nsh
!include nsDialogs.nsh
!include Win\COM.nsh
!include Win\Propkey.nsh
!include MUI2.nsh

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_ABORTWARNING_TEXT "$(STOP)"
!define MUI_PAGE_HEADER_TEXT "$(WHERE_TITLE)"
!define MUI_PAGE_HEADER_SUBTEXT "$(WHERE_SUBTITLE)"
!define MUI_DIRECTORYPAGE_TEXT_TOP "$(WHERE_TEXT)"
!define MUI_DIRECTORYPAGE_TEXT_DESTINATION "$(FOLDER)"

!define MUI_PAGE_CUSTOMFUNCTION_SHOW Where
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
Page custom Done Left

UninstPage custom un.Ask un.Asked
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!include "texts.nsh"

VIProductVersion "${NUMBERS}"
!macro About language
  VIAddVersionKey /LANG=${language} "ProductName" "${NAME}"
  VIAddVersionKey /LANG=${language} "ProductVersion" "${VERSION}"
  VIAddVersionKey /LANG=${language} "FileVersion" "${VERSION}"
  VIAddVersionKey /LANG=${language} "FileDescription" "${NAME}"
  VIAddVersionKey /LANG=${language} "CompanyName" "${PUBLISHER}"
  VIAddVersionKey /LANG=${language} "LegalCopyright" "MIT OR Apache-2.0"
!macroend
!insertmacro About ${LANG_ENGLISH}
!insertmacro About ${LANG_GERMAN}

; Whether the app starts at login, and whether an earlier one is being replaced: 1 or 0.
Var Login
Var Replaces

!include "running.nsh"
!insertmacro EndPrograms ""
!insertmacro EndPrograms "un."

; What is installed: a file by its name there. Also in the order in which it is taken away.
!macro Each do
  !insertmacro ${do} "${APP}"
  !insertmacro ${do} "${SERVER}"
  !insertmacro ${do} "WebView2Loader.dll"
  !insertmacro ${do} "icon.ico"
  !insertmacro ${do} "README.txt"
  !insertmacro ${do} "LICENSE-MIT.txt"
  !insertmacro ${do} "LICENSE-APACHE.txt"
  !insertmacro ${do} "uninstall.exe"
!macroend

; One file of the new in the place of the old one, which is kept until all is done. Tried for a while: a scanner may be looking at
; it. $9 is 1 once one could not be placed.
!macro Place file
  ; What the new has not is put aside as well: it comes back with the others, or goes with them.
  ${IfNot} ${FileExists} "$INSTDIR\${NEW}\${file}"
  ${AndIf} ${FileExists} "$INSTDIR\${file}"
    Rename "$INSTDIR\${file}" "$INSTDIR\${OLD}\${file}"
  ${EndIf}
  ${For} $8 1 20
    ${If} $9 = 1
    ${OrIfNot} ${FileExists} "$INSTDIR\${NEW}\${file}"
      ${ExitFor}
    ${EndIf}
    ${If} $8 > 1
      Sleep 250
    ${EndIf}
    ${If} ${FileExists} "$INSTDIR\${file}"
      Rename "$INSTDIR\${file}" "$INSTDIR\${OLD}\${file}"
    ${EndIf}
    Rename "$INSTDIR\${NEW}\${file}" "$INSTDIR\${file}"
  ${Next}
  ${If} ${FileExists} "$INSTDIR\${NEW}\${file}"
    StrCpy $9 1
  ${EndIf}
!macroend

; And back, whatever came of it.
!macro PutBack file
  ${If} ${FileExists} "$INSTDIR\${OLD}\${file}"
    Delete "$INSTDIR\${file}"
    Rename "$INSTDIR\${OLD}\${file}" "$INSTDIR\${file}"
  ${ElseIfNot} ${FileExists} "$INSTDIR\${NEW}\${file}"
    Delete "$INSTDIR\${file}"
  ${EndIf}
!macroend

; Counts in $0 those that are there still. The uninstaller, the last of them, stays while another does: it can be started again.
!macro TakeAway file
  ${If} "${file}" != "uninstall.exe"
  ${OrIf} $0 = 0
    Delete "$INSTDIR\${file}"
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\${file}"
    IntOp $0 $0 + 1
  ${EndIf}
!macroend

Section "${NAME}" MAIN
  ; A folder with somebody else's things in it, such as C:\Tools, gets one of ours: files there may have the names of ours.
  ${If} $Replaces = 0
  ${AndIfNot} ${FileExists} "$INSTDIR\${APP}"
  ${AndIfNot} ${FileExists} "$INSTDIR\${OLD}\${APP}"
  ; Nor was a first one cut off there.
  ${AndIfNot} ${FileExists} "$INSTDIR\${NEW}\*.*"
    ${DirState} "$INSTDIR" $0
    ${If} $0 = 1
      StrCpy $INSTDIR "$INSTDIR\${NAME}"
    ${EndIf}
  ${EndIf}
  Call EndPrograms
  ; Left by one that was cut off.
  !insertmacro Each Recover
  RMDir /r "$INSTDIR\${NEW}"
  RMDir /r "$INSTDIR\${OLD}"
  ; All of the new first, beside what is there: a full disk is found now.
  SetOutPath "$INSTDIR\${NEW}"
  File "${PROGRAMS}/${APP}"
  File "${PROGRAMS}/${SERVER}"
  ; Built with Microsoft's own linker, the app has it within itself.
  !if /FileExists "${PROGRAMS}/WebView2Loader.dll"
    File "${PROGRAMS}/WebView2Loader.dll"
  !endif
  File "/oname=icon.ico" "${ICON}"
  File "/oname=README.txt" "${README}"
  File "/oname=LICENSE-MIT.txt" "${ROOT}/LICENSE-MIT"
  File "/oname=LICENSE-APACHE.txt" "${ROOT}/LICENSE-APACHE"
  WriteUninstaller "$INSTDIR\${NEW}\uninstall.exe"
  CreateDirectory "$INSTDIR\${OLD}"
  SetOutPath "$INSTDIR"
  StrCpy $9 0
  !insertmacro Each Place
  ; A scanner may have taken a new program away before it was placed.
  ${IfNot} ${FileExists} "$INSTDIR\${APP}"
  ${OrIfNot} ${FileExists} "$INSTDIR\${SERVER}"
    StrCpy $9 1
  ${EndIf}
  ${If} $9 = 1
    !insertmacro Each PutBack
    RMDir /r "$INSTDIR\${NEW}"
    RMDir "$INSTDIR\${OLD}"
    DetailPrint "$(NOT_REPLACED)"
    MessageBox MB_OK|MB_ICONSTOP "$(NOT_REPLACED)" /SD IDOK
    Abort "$(NOT_REPLACED)"
  ${EndIf}
  RMDir /r "$INSTDIR\${NEW}"
  RMDir /r "$INSTDIR\${OLD}"

  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${APP}" "" "$INSTDIR\icon.ico"
  !insertmacro NameShortcut "$SMPROGRAMS\${NAME}.lnk"

  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "${PUBLISHER}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\icon.ico"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  SectionGetSize ${MAIN} $0
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  Call SetLogin
SectionEnd

; Where an earlier one is, the new one goes: two of them would have one name.
Function Where
  ${If} $Replaces = 1
    EnableWindow $mui.DirectoryPage.Directory 0
    EnableWindow $mui.DirectoryPage.BrowseButton 0
  ${EndIf}
FunctionEnd

; As it was at the last time; what is said on the command line, `/LOGIN` or `/LOGIN=0`, counts more.
Function .onInit
  StrCpy $Replaces 0
  ReadRegStr $0 HKCU "${UNINSTALL}" "InstallLocation"
  ${If} $0 != ""
  ${AndIf} ${FileExists} "$0\uninstall.exe"
    StrCpy $Replaces 1
    StrCpy $INSTDIR $0
  ${EndIf}
  StrCpy $Login 0
  ReadRegStr $0 HKCU "${RUN}" "${NAME}"
  ${If} $0 != ""
    StrCpy $Login 1
  ${EndIf}
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/LOGIN" $1
  ${IfNot} ${Errors}
    StrCpy $Login 1
    ${If} $1 == "=0"
      StrCpy $Login 0
    ${EndIf}
  ${EndIf}
FunctionEnd

!include "done.nsh"
!include "uninstaller.nsh"
