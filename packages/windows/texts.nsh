; What is said, in English and in German.

!macro Text name english german
  LangString ${name} ${LANG_ENGLISH} "${english}"
  LangString ${name} ${LANG_GERMAN} "${german}"
!macroend

!insertmacro Text WHERE_TITLE \
  "Install AgentRuntime Desktop" \
  "AgentRuntime Desktop installieren"

!insertmacro Text WHERE_SUBTITLE \
  "Platform MCP beside the clock: your IDE points at it and holds no token." \
  "Platform MCP neben der Uhr: Deine IDE zeigt darauf und hält kein Token."

!insertmacro Text WHERE_TEXT \
  "It is installed for you alone and needs no administrator. An earlier one is replaced; your settings and workspaces stay." \
  "Es wird nur für dich installiert und braucht keinen Administrator. Ein früheres wird ersetzt; deine Einstellungen und Arbeitsbereiche bleiben."

!insertmacro Text FOLDER \
  "Folder" \
  "Ordner"

!insertmacro Text STOP \
  "Stop here? Nothing has been changed yet." \
  "Hier abbrechen? Noch wurde nichts geändert."

!insertmacro Text AT_LOGIN \
  "Start when I sign in" \
  "Beim Anmelden starten"

!insertmacro Text ENDING \
  "AgentRuntime Desktop is running. I ask it to end and wait for what it has begun." \
  "AgentRuntime Desktop läuft. Ich bitte es zu enden und warte auf das, was es begonnen hat."

!insertmacro Text APP_RUNS \
  "AgentRuntime Desktop is still running. Choose Quit in the menu of its icon beside the clock, then try again. Nothing has been changed." \
  "AgentRuntime Desktop läuft noch. Wähle Beenden im Menü seines Symbols neben der Uhr und versuche es dann erneut. Es wurde nichts geändert."

!insertmacro Text SERVER_RUNS \
  "Platform MCP is running without the app (${SERVER}). End it with Ctrl+C where it was started, then try again. Nothing has been changed." \
  "Platform MCP läuft ohne die App (${SERVER}). Beende es mit Strg+C dort, wo es gestartet wurde, und versuche es dann erneut. Es wurde nichts geändert."

!insertmacro Text NOT_REPLACED \
  "A file in $INSTDIR could not be replaced, so all of them are as before. Another program may have it open." \
  "Eine Datei in $INSTDIR ließ sich nicht ersetzen, darum sind alle wie zuvor. Vielleicht hat ein anderes Programm sie offen."

!insertmacro Text DONE_TITLE \
  "AgentRuntime Desktop is installed" \
  "AgentRuntime Desktop ist installiert"

!insertmacro Text DONE_SUBTITLE \
  "Its icon appears beside the clock once it runs." \
  "Sein Symbol erscheint neben der Uhr, sobald es läuft."

!insertmacro Text START_NOW \
  "Start it now" \
  "Jetzt starten"

!insertmacro Text FINISH \
  "Finish" \
  "Fertig"

!insertmacro Text NO_WEBVIEW \
  "One thing is missing for the window: Microsoft's WebView2 Runtime. Choose the Evergreen Bootstrapper on Microsoft's page. Your IDEs are served without it, too." \
  "Für das Fenster fehlt noch eines: die WebView2 Runtime von Microsoft. Wähle auf der Seite von Microsoft den Evergreen Bootstrapper. Deine IDEs werden auch ohne sie bedient."

!insertmacro Text REMOVE \
  "Remove" \
  "Entfernen"

!insertmacro Text REMOVE_TITLE \
  "Remove AgentRuntime Desktop" \
  "AgentRuntime Desktop entfernen"

!insertmacro Text REMOVE_SUBTITLE \
  "Your IDEs get no answer from Platform MCP on this computer any more." \
  "Deine IDEs bekommen von Platform MCP auf diesem Rechner keine Antwort mehr."

!insertmacro Text KEEP_DATA \
  "Keep my settings, workspaces, sandbox and logs" \
  "Meine Einstellungen, Arbeitsbereiche, Sandbox und Protokolle behalten"

!insertmacro Text KEEP_DATA_TEXT \
  "The next installation finds them again. Otherwise they are deleted now, with the tokens in Windows' keychain, and cannot be brought back." \
  "Die nächste Installation findet sie wieder. Sonst werden sie jetzt gelöscht, samt den Token im Schlüsselbund von Windows, und lassen sich nicht zurückholen."

!insertmacro Text REVOKE \
  "Revoke my workspaces' tokens" \
  "Die Token meiner Arbeitsbereiche widerrufen"

!insertmacro Text REVOKE_TEXT \
  "They then work nowhere any more, on no computer. This needs the network. A token that is not revoked goes on working wherever somebody has it; you can revoke it in the Console later." \
  "Sie gelten dann nirgends mehr, auf keinem Rechner. Dafür braucht es das Netz. Ein Token, das nicht widerrufen wird, gilt weiter, wo jemand es hat; du kannst es später in der Konsole widerrufen."

!insertmacro Text REVOKING \
  "Revoking the tokens of your workspaces." \
  "Die Token deiner Arbeitsbereiche werden widerrufen."

!insertmacro Text NOT_REVOKED \
  "Not every token could be revoked (not: $R0). They go on working until you revoke them in the Console or try again." \
  "Nicht jedes Token ließ sich widerrufen (nicht: $R0). Sie gelten weiter, bis du sie in der Konsole widerrufst oder es erneut versuchst."

!insertmacro Text NOT_DELETED \
  "Windows' keychain could not be cleared. If a token is still in it, you can delete it in Windows' Credential Manager." \
  "Der Schlüsselbund von Windows ließ sich nicht leeren. Liegt noch ein Token darin, kannst du es in der Anmeldeinformationsverwaltung von Windows löschen."

!insertmacro Text REMOVE_ANYWAY \
  "Remove AgentRuntime Desktop all the same?" \
  "AgentRuntime Desktop trotzdem entfernen?"
