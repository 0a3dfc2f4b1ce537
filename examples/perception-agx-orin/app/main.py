"""Counts the points of each cloud on `points` and prints how many arrive per second."""

import time

import rclpy
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import PointCloud2


class Counter(Node):
    def __init__(self) -> None:
        super().__init__("point_counter")
        self.points, self.since = 0, time.monotonic()
        self.create_subscription(PointCloud2, "points", self.count, qos_profile_sensor_data)
        self.create_timer(5.0, self.report)

    def count(self, cloud: PointCloud2) -> None:
        self.points += cloud.width * cloud.height

    def report(self) -> None:
        seconds = time.monotonic() - self.since
        self.get_logger().info(f"{self.points / seconds:.0f} points a second")
        self.points, self.since = 0, time.monotonic()


if __name__ == "__main__":
    rclpy.init()
    try:
        rclpy.spin(Counter())
    except KeyboardInterrupt:
        pass
