//! A client that sends what a test writes, byte for byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::stub::Running;

/// Longer than anything takes, so that a test fails rather than hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// One connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

/// What came back.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    /// A header that comes once or not at all.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values =
            self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        let value = values.next();
        assert!(values.next().is_none(), "{name} comes twice: {self:?}");
        value
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The page without the script's tag: what a build would write.
    pub fn page(&self) -> String {
        let text = self.text();
        let Some(start) = text.find("<script src=\"/.guidepost/live.js\"") else { panic!("no tag in {text}") };
        let end = start + text[start..].find("</script>").unwrap() + "</script>".len();
        format!("{}{}", &text[..start], &text[end..])
    }

    /// An attribute of the script's tag.
    pub fn tag(&self, name: &str) -> String {
        let text = self.text();
        let tag = &text[text.find("<script src=\"/.guidepost/live.js\"").unwrap()..];
        let value = &tag[tag.find(&format!(" {name}=\"")).unwrap() + name.len() + 3..];
        value[..value.find('"').unwrap()].to_owned()
    }
}

impl Connection {
    pub fn open(address: SocketAddr) -> Connection {
        let stream = TcpStream::connect_timeout(&address, PATIENCE).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket");
        Connection { stream: BufReader::new(stream) }
    }

    /// Sends bytes. Whoever has already heard enough may have hung up.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.get_mut().write_all(bytes.as_ref());
    }

    /// The status line and the headers of the next response.
    pub fn head(&mut self) -> Response {
        let mut line = || {
            let mut line = String::new();
            self.stream.read_line(&mut line).expect("a line");
            line.trim_end().to_owned()
        };
        let status_line = line();
        let status = status_line.strip_prefix("HTTP/1.1 ").or(status_line.strip_prefix("HTTP/1.0 "));
        let status = status.and_then(|rest| rest[..3].parse().ok()).unwrap_or_else(|| panic!("no status: {status_line:?}"));
        let mut headers = Vec::new();
        loop {
            let line = line();
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        Response { status, headers, body: Vec::new() }
    }

    /// The next response, with its body.
    pub fn receive(&mut self) -> Response {
        let mut response = self.head();
        assert_eq!(response.header("transfer-encoding"), None, "lengths are known");
        let length = response.header("content-length").map_or(0, |length| length.parse().unwrap());
        response.body = self.read(length);
        assert_eq!(response.body.len(), length, "the body ends too soon");
        response
    }

    /// Whether the other side has neither ended nor said anything.
    pub fn is_open(&mut self) -> bool {
        let stream = self.stream.get_mut();
        stream.set_nonblocking(true).expect("a socket");
        let waits = matches!(stream.peek(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock);
        stream.set_nonblocking(false).expect("a socket");
        waits
    }

    /// So many bytes, or fewer if the other side ends before.
    pub fn read(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = (&mut self.stream).take(length as u64).read_to_end(&mut bytes);
        // A connection that is cut off is one that ends.
        assert!(!matches!(&read, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock), "nothing comes");
        bytes
    }

    /// Everything until the other side ends.
    pub fn rest(&mut self) -> Vec<u8> {
        self.read(usize::MAX)
    }

    pub fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
        self.send(request(method, path, headers));
        if method == "HEAD" { self.head() } else { self.receive() }
    }
}

/// A request for the host `localhost`, if the headers name no other.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> String {
    let mut text = format!("{method} {path} HTTP/1.1\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        text.push_str("Host: localhost\r\n");
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text + "\r\n"
}

impl Running {
    pub fn connect(&self) -> Connection {
        Connection::open(self.address)
    }

    pub fn get(&self, path: &str) -> Response {
        self.ask("GET", path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.ask("GET", path, headers)
    }

    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
        self.connect().ask(method, path, headers)
    }

    /// Sends text as it is and receives a response.
    pub fn send(&self, text: &str) -> Response {
        let mut connection = self.connect();
        connection.send(text);
        connection.receive()
    }

    /// A WebSocket, or the response that refuses it.
    pub fn listen(&self, headers: &[(&str, &str)]) -> Result<Socket, Response> {
        let mut all = vec![
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        all.extend(headers);
        let mut connection = self.connect();
        connection.send(request("GET", "/.guidepost/live", &all));
        let mut response = connection.head();
        if response.status == 101 {
            return Ok(Socket(connection));
        }
        let length = response.header("content-length").unwrap().parse().unwrap();
        response.body = connection.read(length);
        Err(response)
    }

    /// The WebSocket of a tab that shows what it has just got.
    pub fn tab(&self, response: &Response) -> Socket {
        let mut socket = self.listen(&[("Origin", "http://localhost")]).expect("a socket");
        let is_problems = response.text().contains(" data-problems ");
        let hello = serde_json::json!({
            "path": response.tag("data-path"),
            "page": response.tag("data-page"),
            "rest": response.tag("data-rest"),
            "problems": is_problems,
        });
        socket.say(&hello.to_string());
        socket
    }
}

/// A WebSocket (RFC 6455), as far as the tests need one.
pub struct Socket(Connection);

impl Socket {
    pub fn say(&mut self, text: &str) {
        let mask = [1, 2, 3, 4];
        let length = text.len();
        let mut frame = vec![0x81];
        match length {
            0..126 => frame.push(0x80 | length as u8),
            126..65536 => {
                frame.push(0x80 | 126);
                frame.extend((length as u16).to_be_bytes());
            }
            _ => {
                frame.push(0x80 | 127);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        frame.extend(mask);
        frame.extend(text.bytes().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        self.0.send(frame);
    }

    /// The next message; `None` once the other side has hung up.
    pub fn hear(&mut self) -> Option<serde_json::Value> {
        loop {
            let head = self.0.read(2);
            let [kind, length] = head[..] else { return None };
            let length = match length {
                126 => u16::from_be_bytes(self.0.read(2).try_into().unwrap()) as usize,
                127 => u64::from_be_bytes(self.0.read(8).try_into().unwrap()) as usize,
                length => length as usize,
            };
            let text = self.0.read(length);
            match kind {
                0x81 => return Some(serde_json::from_slice(&text).expect("JSON")),
                0x88 => return None,
                _ => {}
            }
        }
    }

    /// Leaves as a browser does, and waits until the other side has, too.
    pub fn close(mut self) {
        self.0.send([0x88, 0x80, 0, 0, 0, 0]);
        self.0.rest();
    }

    /// The kind of the next message.
    pub fn kind(&mut self) -> String {
        self.hear().map_or_else(|| "the end".to_owned(), |message| message["kind"].as_str().unwrap().to_owned())
    }
}
