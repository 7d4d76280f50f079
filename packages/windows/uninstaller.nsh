; The uninstaller. Without a question (`/S`) it keeps what people made: settings, sandbox, activity, logs, and the tokens in
; Windows' keychain. `/PURGE` deletes that too, `/REVOKE` ends the tokens at the platform first.

Var Purge
Var Revoke
Var KeepBox
Var RevokeBox

Function un.onInit
  StrCpy $Purge 0
  StrCpy $Revoke 0
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/PURGE" $1
  ${IfNot} ${Errors}
    StrCpy $Purge 1
  ${EndIf}
  ClearErrors
  ${GetOptions} $0 "/REVOKE" $1
  ${IfNot} ${Errors}
    StrCpy $Revoke 1
  ${EndIf}
FunctionEnd

Function un.Ask
  !insertmacro MUI_HEADER_TEXT "$(REMOVE_TITLE)" "$(REMOVE_SUBTITLE)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateCheckbox} 0 0 100% 12u "$(KEEP_DATA)"
  Pop $KeepBox
  ${If} $Purge = 0
    ${NSD_Check} $KeepBox
  ${EndIf}
  ${NSD_CreateLabel} 12u 14u -12u 32u "$(KEEP_DATA_TEXT)"
  Pop $0
  ${NSD_CreateCheckbox} 0 54u 100% 12u "$(REVOKE)"
  Pop $RevokeBox
  ${If} $Revoke = 1
    ${NSD_Check} $RevokeBox
  ${EndIf}
  ${NSD_CreateLabel} 12u 68u -12u 40u "$(REVOKE_TEXT)"
  Pop $0
  GetDlgItem $0 $HWNDPARENT 1
  SendMessage $0 ${WM_SETTEXT} 0 "STR:$(REMOVE)"
  nsDialogs::Show
FunctionEnd

Function un.Asked
  ${NSD_GetState} $KeepBox $0
  StrCpy $Purge 1
  ${If} $0 = ${BST_CHECKED}
    StrCpy $Purge 0
  ${EndIf}
  ${NSD_GetState} $RevokeBox $0
  StrCpy $Revoke 0
  ${If} $0 = ${BST_CHECKED}
    StrCpy $Revoke 1
  ${EndIf}
FunctionEnd

; Revokes the token of each workspace that has one, by the program that knows how. Those that could not be are counted in $R0.
Function un.RevokeAll
  StrCpy $R0 0
  InitPluginsDir
  DetailPrint "$(REVOKING)"
  ; Into a file: a string of NSIS holds no more than its first thousand characters.
  nsExec::Exec '"$SYSDIR\cmd.exe" /c ""$INSTDIR\${SERVER}" token list --json > "$PLUGINSDIR\tokens.json""'
  Pop $0
  ${If} $0 != 0
    StrCpy $R0 "?"
    Return
  ${EndIf}
  FileOpen $1 "$PLUGINSDIR\tokens.json" r
  StrCpy $2 ""
  ${Do}
    ClearErrors
    FileRead $1 $0
    ; The workspaces come first, each with its id before the place of its token.
    StrCpy $3 $0 8
    ${If} ${Errors}
    ${OrIf} $3 == '  "left"'
      ${ExitDo}
    ${EndIf}
    StrCpy $3 $0 13
    ${If} $3 == '      "id": "'
      StrCpy $2 $0 36 13
    ${EndIf}
    StrCpy $3 $0 16
    ${If} $3 == '      "place": "'
      StrCpy $4 $0 4 16
      ${If} $4 != "none"
        nsExec::ExecToLog '"$INSTDIR\${SERVER}" token revoke --profile $2'
        Pop $0
        ${If} $0 != 0
          IntOp $R0 $R0 + 1
        ${EndIf}
      ${EndIf}
    ${EndIf}
  ${Loop}
  FileClose $1
FunctionEnd

Section "Uninstall"
  Call un.EndPrograms
  ${If} $Revoke = 1
    Call un.RevokeAll
    ${If} $R0 != 0
      DetailPrint "$(NOT_REVOKED)"
      ; Nothing is lost by stopping: the tokens are there, and so is the app that can revoke them later.
      MessageBox MB_YESNO|MB_ICONEXCLAMATION "$(NOT_REVOKED)$\r$\n$\r$\n$(REMOVE_ANYWAY)" /SD IDNO IDYES remove
      SetErrorLevel 2
      Quit
    ${EndIf}
  ${EndIf}
  remove:

  ${If} $Purge = 1
    ; Without settings no entry of the keychain is named by a workspace, and all of ours are what is called orphans there.
    Delete "$LOCALAPPDATA\${DATA}\settings.json"
    nsExec::ExecToLog '"$INSTDIR\${SERVER}" token settle --delete-orphans'
    Pop $0
    ${If} $0 != 0
      DetailPrint "$(NOT_DELETED)"
      MessageBox MB_OK|MB_ICONEXCLAMATION "$(NOT_DELETED)" /SD IDOK
    ${EndIf}
    RMDir /r "$LOCALAPPDATA\${DATA}"
    RMDir /r "$LOCALAPPDATA\${ID}"
    RMDir /r "$APPDATA\${ID}"
  ${EndIf}

  DeleteRegValue HKCU "${RUN}" "${NAME}"
  DeleteRegValue HKCU "${APPROVED}" "${NAME}"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  ; Somebody may be looking at one of them, as a scanner or the start menu does; not for long.
  ${For} $1 1 40
    StrCpy $0 0
    !insertmacro Each TakeAway
    ${If} $0 = 0
      ${ExitFor}
    ${EndIf}
    Sleep 250
  ${Next}
  RMDir /r "$INSTDIR\${NEW}"
  RMDir /r "$INSTDIR\${OLD}"
  ; What somebody else put there stays, and the folder with it.
  RMDir "$INSTDIR"
  ; While one of ours is there, Windows goes on naming the app among those that can be removed.
  ${If} $0 = 0
    DeleteRegKey HKCU "${UNINSTALL}"
  ${EndIf}
SectionEnd
