// A client's first request, as a program of Windows sends it: `cscript //nologo ask.js <url> <request>`. The server answers
// programs of its own user alone, which it cannot tell of one outside Wine.
var http = new ActiveXObject("WinHttp.WinHttpRequest.5.1");
http.open("POST", WScript.Arguments(0), false);
http.setRequestHeader("Content-Type", "application/json");
http.setRequestHeader("Accept", "application/json, text/event-stream");
http.send(WScript.Arguments(1).replace(/'/g, '"'));
WScript.Echo("HTTP/1.1 " + http.status + " " + http.responseText);
