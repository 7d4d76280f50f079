; The last page: what a person may want next, and what is still missing.

Var StartBox
Var LoginBox

Function Done
  !insertmacro MUI_HEADER_TEXT "$(DONE_TITLE)" "$(DONE_SUBTITLE)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateCheckbox} 0 0 100% 12u "$(START_NOW)"
  Pop $StartBox
  ${NSD_Check} $StartBox
  ${NSD_CreateCheckbox} 0 16u 100% 12u "$(AT_LOGIN)"
  Pop $LoginBox
  ${If} $Login = 1
    ${NSD_Check} $LoginBox
  ${EndIf}
  Call HasWebView
  Pop $0
  ${If} $0 = 0
    ${NSD_CreateLabel} 0 44u 100% 30u "$(NO_WEBVIEW)"
    Pop $0
    ${NSD_CreateLink} 0 76u 100% 12u "${WEBVIEW_PAGE}"
    Pop $0
    SetCtlColors $0 0x1D4ED8 transparent
    ${NSD_OnClick} $0 OpenWebViewPage
  ${EndIf}
  ; There is no way back, and nothing left to cancel.
  GetDlgItem $0 $HWNDPARENT 1
  SendMessage $0 ${WM_SETTEXT} 0 "STR:$(FINISH)"
  GetDlgItem $0 $HWNDPARENT 2
  EnableWindow $0 0
  GetDlgItem $0 $HWNDPARENT 3
  EnableWindow $0 0
  nsDialogs::Show
FunctionEnd

Function Left
  ${NSD_GetState} $LoginBox $0
  StrCpy $Login 0
  ${If} $0 = ${BST_CHECKED}
    StrCpy $Login 1
  ${EndIf}
  Call SetLogin
  ${NSD_GetState} $StartBox $0
  ${If} $0 = ${BST_CHECKED}
    Exec '"$INSTDIR\${APP}"'
  ${EndIf}
FunctionEnd

Function OpenWebViewPage
  Pop $0
  ExecShell "open" "${WEBVIEW_PAGE}"
FunctionEnd

; Has the app start at login, or no longer, as $Login says.
Function SetLogin
  ${If} $Login = 1
    ReadRegStr $0 HKCU "${RUN}" "${NAME}"
    ; One that the Task Manager has switched off stays so: it was the person who did that.
    ${If} $0 == ""
      DeleteRegValue HKCU "${APPROVED}" "${NAME}"
    ${EndIf}
    WriteRegStr HKCU "${RUN}" "${NAME}" '"$INSTDIR\${APP}" --hidden'
  ${Else}
    DeleteRegValue HKCU "${RUN}" "${NAME}"
    DeleteRegValue HKCU "${APPROVED}" "${NAME}"
  ${EndIf}
FunctionEnd

; Whether Microsoft's web view is here: 1 or 0, on the stack. Windows 11 has it, and so has nearly every Windows 10. Without it
; there is no window; the server serves.
Function HasWebView
  ReadRegStr $0 HKLM "SOFTWARE\WOW6432Node\${WEBVIEW}" "pv"
  ${If} $0 == ""
  ${OrIf} $0 == "0.0.0.0"
    ReadRegStr $0 HKCU "Software\${WEBVIEW}" "pv"
  ${EndIf}
  ${If} $0 == ""
  ${OrIf} $0 == "0.0.0.0"
    Push 0
  ${Else}
    Push 1
  ${EndIf}
FunctionEnd
