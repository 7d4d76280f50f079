; Programs of ours that run, and small things of Windows that take several lines.

; Asks the app to end and waits until it has; what it has begun with a token, it ends first. Nothing is ever killed: where a
; program goes on, this says so and stops, with all as it was.
!macro EndPrograms un
Function ${un}EndPrograms
  again:
  StrCpy $1 0
  ; By the window through which a second start of the app speaks to the first.
  System::Call 'user32::FindWindowW(w "${ID}-sic", w "${ID}-siw") p.r0'
  ${If} $0 P<> 0
    System::Call 'user32::GetWindowThreadProcessId(p r0, *i .r2) i'
    System::Call 'kernel32::OpenProcess(i 0x100000, i 0, i r2) p.r1'
    DetailPrint "$(ENDING)"
    ${If} ${FileExists} "$INSTDIR\${APP}"
      ExecWait '"$INSTDIR\${APP}" --quit'
    ${EndIf}
    ${If} $1 P<> 0
      ; A little longer than the app waits for what is under way (src-tauri/end.rs).
      System::Call 'kernel32::WaitForSingleObject(p r1, i 200000) i.r2'
      System::Call 'kernel32::CloseHandle(p r1)'
    ${EndIf}
    System::Call 'user32::FindWindowW(w "${ID}-sic", w "${ID}-siw") p.r0'
  ${EndIf}
  StrCpy $1 "$(APP_RUNS)"
  ${If} $0 P= 0
    StrCpy $1 ""
    !insertmacro InUse "${APP}" "$(APP_RUNS)"
    !insertmacro InUse "${SERVER}" "$(SERVER_RUNS)"
  ${EndIf}
  ${If} $1 != ""
    DetailPrint "$1"
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$1" /SD IDCANCEL IDRETRY again
    SetErrorLevel ${STILL_RUNS}
    Quit
  ${EndIf}
FunctionEnd
!macroend

; A program that runs cannot be opened to be written to. Sets $1 to what is said then.
!macro InUse file says
  ${If} ${FileExists} "$INSTDIR\${file}"
    ClearErrors
    FileOpen $2 "$INSTDIR\${file}" a
    ${If} ${Errors}
      StrCpy $1 "${says}"
    ${Else}
      FileClose $2
    ${EndIf}
  ${EndIf}
!macroend

; What one that was cut off had put aside and not yet replaced.
!macro Recover file
  ${If} ${FileExists} "$INSTDIR\${OLD}\${file}"
  ${AndIfNot} ${FileExists} "$INSTDIR\${file}"
    Rename "$INSTDIR\${OLD}\${file}" "$INSTDIR\${file}"
  ${EndIf}
!macroend

; Gives a shortcut the app's id (AppUserModelID), without which Windows shows no notification of the app's. Where that cannot be
; done, the shortcut is a good one all the same.
!macro NameShortcut shortcut
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P<> 0
    ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}",.r1)'
    ${If} $1 P<> 0
      ${IPersistFile::Load} $1 '("${shortcut}", ${STGM_READWRITE})'
      ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}",.r2)'
      ${If} $2 P<> 0
        System::Call '*(&t64 "${ID}")p.r3'
        System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r4'
        System::Call '*(&i2 ${VT_LPWSTR},&i6,p r3,&i8)p.r5'
        ${IPropertyStore::SetValue} $2 '($4,$5).r6'
        System::Free $3
        System::Free $4
        System::Free $5
        ${If} $6 = 0
          ${IPropertyStore::Commit} $2 ""
          ${IPersistFile::Save} $1 '("${shortcut}",1)'
        ${EndIf}
        ${IUnknown::Release} $2 ""
      ${EndIf}
      ${IUnknown::Release} $1 ""
    ${EndIf}
    ${IUnknown::Release} $0 ""
  ${EndIf}
!macroend
