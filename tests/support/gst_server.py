"""Serves an MP4 over RTSP by GStreamer: gst_server.py FILE h264|h265. Prints the port it took.

Needs gir1.2-gst-rtsp-server-1.0, python3-gi and gstreamer1.0-plugins-good/-bad. Digest, viewer:s3cret, path /cam.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)
clip, coding = sys.argv[1], sys.argv[2]
server = GstRtspServer.RTSPServer.new()
server.set_address("127.0.0.1")
server.set_service("0")

auth = GstRtspServer.RTSPAuth.new()
auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
token = GstRtspServer.RTSPToken()
token.set_string("media.factory.role", "viewer")
auth.add_digest("viewer", "s3cret", token)
server.set_auth(auth)

factory = GstRtspServer.RTSPMediaFactory.new()
factory.set_launch(
    f'( filesrc location="{clip}" ! qtdemux ! {coding}parse ! rtp{coding}pay name=pay0 pt=96 config-interval=-1 )'
)
permissions = GstRtspServer.RTSPPermissions()
permissions.add_permission_for_role("viewer", "media.factory.access", True)
permissions.add_permission_for_role("viewer", "media.factory.construct", True)
factory.set_permissions(permissions)
server.get_mount_points().add_factory("/cam", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)
GLib.MainLoop().run()
